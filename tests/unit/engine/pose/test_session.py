from collections.abc import Callable

import numpy as np
import pytest

from engine.crop.prediction import Prediction
from engine.crop.prompts import Box, Click
from engine.errors import Cancelled, InputError
from engine.imaging.photo import Photo
from engine.imaging.window import Pyramid, Window
from engine.pose.hypotheses import NO_MAP, Look, Origin
from engine.pose.joints import MPII_16
from engine.pose.person import BOX_MARGIN, FILL, MARGIN
from engine.pose.session import LEAST_JOINTS, PosePrediction, PoseSession
from tests.unit.engine.pose.someone import ORIGINS, POSE, Someone

WIDTH, HEIGHT = 300, 400


@pytest.fixture
def photo() -> Photo:
    return Photo.from_array(np.random.default_rng(0).integers(0, 120, (HEIGHT, WIDTH, 3), np.uint8))


class Segmenter:
    """Finds a rectangle, or nothing, wherever it is clicked."""

    def __init__(self, box: tuple[int, int, int, int] | None = (100, 80, 200, 280)) -> None:
        self.box, self.asked = box, []

    def __call__(self) -> "Segmenter":
        return self

    def session(self, photo: Photo) -> "Segmenter":
        self.photo = photo
        return self

    def set_prompts(self, clicks: tuple[Click, ...], box: Box | None = None) -> None:
        for click in clicks:
            click.check_inside(*self.photo.size)
        self.asked.append(clicks)

    def predict(self, *, candidate: int | None = None, cancelled: Callable[[], bool] | None = None) -> Prediction:
        if self.box is None:
            return Prediction.empty(*self.photo.size)
        x0, y0, x1, y1 = self.box
        return Prediction(*self.photo.size, x0, y0, np.full((y1 - y0, x1 - x0), 255, np.uint8), 0.9)


def mask(x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    drawn = np.zeros((HEIGHT, WIDTH), np.uint8)
    drawn[y0:y1, x0:x1] = 255
    return drawn


class TestWhereThePersonIs:
    def test_a_box_and_a_window(self, photo: Photo) -> None:
        someone = Someone()
        session = PoseSession(photo, someone)
        assert session.predict(box=Box(100, 80, 200, 280)).window == Window.around(150, 180, 200 * BOX_MARGIN)
        assert session.predict(window=Window(10, 20, 100, 100)).window == Window(10, 20, 100, 100)
        assert session.predict(window=Window(10, 20, 100, 140)).window == Window.around(60, 90, 140)
        assert all(look.pyramid.size == (WIDTH, HEIGHT) for look in someone.looks)

    def test_a_mask_and_a_click_are_read_in_their_box(self, photo: Photo) -> None:
        segmenter = Segmenter()
        session = PoseSession(photo, Someone(), segmenter)
        by_click = session.predict(clicks=[Click(150, 150), Click(5, 5, positive=False)])
        by_mask = session.predict(within=mask(100, 80, 200, 280))
        assert by_click.window == by_mask.window == Window.around(150, 180, 200 * BOX_MARGIN)
        assert segmenter.asked == [(Click(150, 150), Click(5, 5, positive=False))]

    def test_in_the_whole_photo_the_joints_that_are_seen_give_the_window(self, photo: Photo) -> None:
        prediction = PoseSession(photo, Someone()).predict()
        whole = Look(Pyramid(photo.rgb8), Window.square_over(WIDTH, HEIGHT))
        first = Someone().detect([whole]).xy[0]
        low, high = first.min(0), first.max(0)
        assert prediction.window.width == pytest.approx((high - low).max() * MARGIN)
        assert prediction.window.x0 + prediction.window.width / 2 == pytest.approx((low + high)[0] / 2)

    def test_muting_greys_out_what_is_not_the_person(self, photo: Photo) -> None:
        someone = Someone()
        session = PoseSession(photo, someone)
        session.predict(within=mask(100, 80, 200, 280), mute=True)
        seen = someone.looks[0].pyramid.level(0)
        assert np.array_equal(seen[100:260, 120:180], photo.rgb8[100:260, 120:180])
        assert (seen[:60] == FILL).all()
        assert (seen[:, 220:] == FILL).all()


class TestWhatIsTold:
    def test_joints_hypotheses_and_the_choice_of_the_paper(self, photo: Photo) -> None:
        prediction = PoseSession(photo, Someone(errors=(300, 10, 500)), how="matching").predict(
            box=Box(50, 50, 250, 350)
        )
        assert prediction.found
        assert prediction.chosen == 1
        assert [h.origin for h in prediction.hypotheses] == list(ORIGINS)
        best = prediction.best
        assert best.pose == pytest.approx(POSE, abs=10.01)
        assert best.xy == pytest.approx(best.camera.project(best.pose))
        off = np.linalg.norm(best.xy - prediction.joints, axis=1)
        assert best.reprojection_error == pytest.approx(off.mean())
        assert best.score == max(h.score for h in prediction.hypotheses)
        assert best.camera.scale == pytest.approx(prediction.window.width / 2000, rel=0.02)
        assert prediction.seconds > 0

    def test_fusion_adds_a_hypothesis_that_is_no_maps(self, photo: Photo) -> None:
        prediction = PoseSession(photo, Someone(), how="fusion").predict(box=Box(50, 50, 250, 350))
        assert len(prediction.hypotheses) == 4
        assert prediction.best.origin == NO_MAP
        assert prediction.maps(NO_MAP) is None

    def test_maps_have_their_window(self, photo: Photo) -> None:
        prediction = PoseSession(photo, Someone()).predict(window=Window(100, 100, 100, 100))
        maps = prediction.maps(Origin(8.0, 0.8))
        assert maps is not None
        assert maps.window == Window(110, 110, 80, 80)
        # The made-up method counts: the first channel of the first map is 0 to 15, its fourth 48 to 63.
        assert maps.foreground[:, :, 0].ravel().tolist() == list(range(16))
        assert maps.background[:, :, 0].ravel().tolist() == list(range(48, 64))
        assert prediction.maps(Origin(10.0, 0.8)) is None

    def test_the_same_question_has_the_same_answer(self, photo: Photo) -> None:
        session = PoseSession(photo, Someone(), Segmenter())
        first = session.predict(box=Box(50, 50, 250, 350))
        session.predict(clicks=[Click(5, 5)], mute=True)
        again = session.predict(box=Box(50, 50, 250, 350))
        assert again.best.pose.tolist() == first.best.pose.tolist()
        assert again.joints.tolist() == first.joints.tolist()


class TestNobody:
    def told(self, photo: Photo, confidence: float | list[float]) -> PosePrediction:
        prediction = PoseSession(photo, Someone(confidence)).predict(box=Box(50, 50, 250, 350))
        assert not prediction.found
        assert prediction.hypotheses == ()
        with pytest.raises(InputError, match=prediction.problem):
            _ = prediction.best
        return prediction

    def test_no_joint_is_seen(self, photo: Photo) -> None:
        prediction = self.told(photo, 0.05)
        assert "No person" in prediction.problem
        assert np.isfinite(prediction.joints).all()
        assert not prediction.sure.any()

    def test_one_joint_is_seen(self, photo: Photo) -> None:
        confidence = [0.0] * 16
        confidence[MPII_16.index("r_knee")] = 0.9
        assert "r_knee" in self.told(photo, confidence).problem

    def test_half_a_person_is_enough(self, photo: Photo) -> None:
        upper = [0.9 if POSE[i, 1] < 100 else 0.02 for i in range(16)]
        assert LEAST_JOINTS <= sum(c > 0.5 for c in upper) <= 8
        assert PoseSession(photo, Someone(upper)).predict(box=Box(50, 50, 250, 350)).found

    def test_poses_that_no_camera_shows(self, photo: Photo) -> None:
        class Mirrored(Someone):
            def read_people(self, looks, **options):
                reading = super().read_people(looks, **options)
                return type(reading)(reading.seen, -reading.pose, reading.sigma, reading.origins, reading.maps)

        prediction = PoseSession(photo, Mirrored()).predict(box=Box(50, 50, 250, 350))
        assert not prediction.found
        assert "fit no pose" in prediction.problem

    def test_an_empty_mask_of_a_click(self, photo: Photo) -> None:
        someone = Someone()
        prediction = PoseSession(photo, someone, Segmenter(None)).predict(clicks=[Click(5, 5)])
        assert "clicked" in prediction.problem
        assert np.isnan(prediction.joints).all()
        assert someone.looks == []


class TestRefused:
    @pytest.mark.parametrize(
        "asked",
        [
            {"box": Box(400, 10, 500, 90)},
            {"window": Window(-100, -100, 50, 50)},
            {"within": np.zeros((HEIGHT, WIDTH), np.uint8)},
            {"within": np.full((WIDTH, HEIGHT), 255, np.uint8)},
            {"box": Box(1, 1, 50, 90), "clicks": [Click(1, 1)]},
            {"window": Window(1, 1, 50, 90), "within": mask(1, 1, 9, 9)},
            {"clicks": [Click(500, 1)]},
            {"box": Box(1, 1, 50, 90), "mute": True},
            {"mute": True},
        ],
    )
    def test_what_makes_no_sense(self, photo: Photo, asked: dict) -> None:
        someone = Someone()
        with pytest.raises(InputError):
            PoseSession(photo, someone, Segmenter()).predict(**asked)
        assert someone.looks == []

    def test_clicks_without_a_segmenter(self, photo: Photo) -> None:
        with pytest.raises(InputError, match="box"):
            PoseSession(photo, Someone()).predict(clicks=[Click(5, 5)])

    def test_nobody_waits_any_more(self, photo: Photo) -> None:
        with pytest.raises(Cancelled):
            PoseSession(photo, Someone()).predict(box=Box(1, 1, 50, 90), cancelled=lambda: True)
