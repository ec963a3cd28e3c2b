"""What runs on the graphics processor (GLSL 1.20, which every desktop OpenGL since 2.1 takes)."""

from __future__ import annotations

from app.canvas3d.solids import AMBIENT, DIFFUSE, LIGHT

SOLID_VERTEX = """
uniform mat4 u_matrix;
uniform mat3 u_axes;
attribute vec3 a_place;
attribute vec3 a_normal;
attribute vec4 a_colour;
varying vec3 v_normal;
varying vec4 v_colour;
void main() {
    v_normal = u_axes * a_normal;
    v_colour = a_colour;
    gl_Position = u_matrix * vec4(a_place, 1.0);
}
"""

SOLID_FRAGMENT = f"""
uniform float u_alpha;
varying vec3 v_normal;
varying vec4 v_colour;
void main() {{
    vec3 normal = normalize(v_normal);
    vec3 light = vec3({LIGHT[0]:.6f}, {LIGHT[1]:.6f}, {LIGHT[2]:.6f});
    float bright = {AMBIENT:.4f} + {DIFFUSE:.4f} * max(dot(normal, light), 0.0);
    float across = 1.0 - normal.z * normal.z;
    bright *= 1.0 - 0.35 * v_colour.a * across * across;
    bright += 0.2 * v_colour.a * pow(max(dot(normal, normalize(light + vec3(0.0, 0.0, -1.0))), 0.0), 16.0);
    gl_FragColor = vec4(min(v_colour.rgb * bright, 1.0), u_alpha);
}}
"""

SHADOW_VERTEX = """
uniform mat4 u_matrix;
attribute vec3 a_place;
attribute vec2 a_where;
varying vec2 v_where;
void main() {
    v_where = a_where;
    gl_Position = u_matrix * vec4(a_place, 1.0);
}
"""

SHADOW_FRAGMENT = """
uniform sampler2D u_shadow;
uniform vec4 u_colour;
varying vec2 v_where;
void main() {
    gl_FragColor = vec4(u_colour.rgb, u_colour.a * texture2D(u_shadow, v_where).r);
}
"""

LINE_VERTEX = """
uniform vec2 u_size;
attribute vec2 a_pixel;
attribute float a_shown;
varying float v_shown;
void main() {
    v_shown = a_shown;
    gl_Position = vec4(2.0 * a_pixel.x / u_size.x - 1.0, 1.0 - 2.0 * a_pixel.y / u_size.y, 0.0, 1.0);
}
"""

LINE_FRAGMENT = """
uniform vec3 u_colour;
varying float v_shown;
void main() {
    gl_FragColor = vec4(u_colour, v_shown);
}
"""
