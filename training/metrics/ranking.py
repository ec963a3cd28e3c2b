"""How well a predicted score ranks and estimates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]


def precision_recall(scores: F64, ious: F64, threshold: float = 0.7) -> tuple[F64, F64]:
    """Precision and recall when the k best scored predictions are kept, for each k.

    A prediction is right when its IoU is at least `threshold`. Recall is the share of all objects that are found, so
    its last value is recall@threshold of the method and not 1. Equal scores are kept together.

    Args:
        scores: (N,) predicted IoU.
        ious: (N,) IoU, one prediction an object.

    Returns:
        precision, recall: (M,) each, M the number of different scores, best score first.
    """
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(ious[order] >= threshold)
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True)) if len(scores) else np.zeros(0, np.int64)
    return hits[ends] / (ends + 1), hits[ends] / max(len(scores), 1)


def average_precision(precision: F64, recall: F64) -> float:
    """Area under the steps of a precision-recall curve: sum of precision x gain in recall."""
    return float((precision * np.diff(recall, prepend=0.0)).sum())


def score_error(scores: F64, ious: F64) -> float:
    """Mean |score - IoU|: 0 for a score that always says how good the mask is."""
    return float(np.abs(scores - ious).mean())
