"""Imports point one way: leaves, points, articles, then the site's own wiring."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ["points", "articles", "backpain_site"]
# Modules of the site that sit above both apps; everything else in it is a leaf.
WIRING = {"urls", "views", "sitemaps", "feeds", "settings", "wsgi", "start"}
LEAF, POINTS, ARTICLES, SITE = range(4)
MODULES = [
    path.relative_to(ROOT)
    for app in APPS
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts and "figures" not in path.parts
]


def layer(module: str) -> int | None:
    """Return the layer of a dotted module name, None for what is not ours."""
    top, _, rest = module.partition(".")
    if top == "backpain_site":
        return SITE if rest.split(".")[0] in WIRING else LEAF
    return {"points": POINTS, "articles": ARTICLES}.get(top)


def imports(path: Path) -> set[str]:
    """Return the absolute names of the modules that the file at `path` imports."""
    package = list(path.parent.parts)
    found = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            # `from . import views` names a module, `from .models import Point` does not.
            found |= {f"{module}.{alias.name}" for alias in node.names} | {module}
    return found


def module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_point_one_way(path):
    own = layer(module_name(path))
    above = {
        name for name in imports(path) if (there := layer(name)) is not None and there > own
    } - {"backpain_site"}
    assert not above


def test_models_of_both_apps_do_not_meet_in_a_circle():
    """`import a` inside b and `import b` inside a, at whatever distance, is a circle."""
    ours = {module_name(path): path for path in MODULES}
    edges = {
        name: {other for other in imports(path) if other in ours and other != name}
        for name, path in ours.items()
    }
    # A package imports its modules and they are imported through it: count it as one place.
    finished, circles = set(), []

    def visit(name, trail):
        if name in trail:
            circles.append([*trail[trail.index(name) :], name])
        elif name not in finished:
            for other in sorted(edges[name]):
                if not name.startswith(f"{other}.") and not other.startswith(f"{name}."):
                    visit(other, [*trail, name])
            finished.add(name)

    for name in sorted(edges):
        visit(name, [])
    assert circles == []


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_import_hides_inside_a_function(path):
    """A function-level import usually hides a circle; the start script must set up apps first."""
    hidden = [
        ast.unparse(node)
        for function in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    expected = ["from django.contrib.auth import get_user_model"]
    assert hidden == (expected if path == Path("backpain_site/start.py") else [])


def test_no_module_is_a_drawer_for_everything():
    names = {path.stem for path in MODULES}
    assert not names & {"utils", "helpers", "misc", "common"}
