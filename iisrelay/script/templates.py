"""The templates: found in the installed package or in the checkout, and rendered so that nothing enters unquoted."""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import jinja2

from iisrelay.script.literal import Value, comment, comment_ascii, write, write_ascii
from iisrelay.script.steps import ServerPath, Step

PACKAGE = Path(__file__).resolve().parent.parent
FOLDERS = (PACKAGE / "templates", PACKAGE.parent / "templates")


class Code(str):
    """Text that is PowerShell source already: a literal, a comment, a partial. Nothing else may be printed."""

    __slots__ = ()


def template_folder() -> Path:
    """Give the folder of the templates.

    Raises:
        FileNotFoundError: when the installation is broken.
    """
    for folder in FOLDERS:
        if (folder / "json.ps1").is_file():
            return folder
    raise FileNotFoundError(f"no templates in {' or '.join(map(str, FOLDERS))}: reinstall iisrelay")


def partial(name: str) -> Code:
    """Give the text of a file of functions. It is PowerShell alone: no template language in it."""
    return Code((template_folder() / name).read_text(encoding="utf-8").rstrip() + "\n")


def render(template: str, *, ascii_only: bool = False, **values: object) -> str:
    """Render a template. With ``ascii_only`` the script survives any code page on its way into a file.

    Raises:
        TypeError: when the template prints a value that did not go through a filter.
    """
    return _environment(ascii_only=ascii_only).get_template(template).render(**values)


@cache
def _environment(*, ascii_only: bool) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_folder()),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - not HTML: _only_code refuses whatever was not quoted for PowerShell
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_only_code,
    )
    literal = write_ascii if ascii_only else write
    environment.filters["literal"] = lambda value: Code(literal(value))
    environment.filters["comment"] = lambda text: Code((comment_ascii if ascii_only else comment)(text))
    environment.filters["call"] = lambda step: Code(_call(step, literal))
    environment.filters["condition"] = lambda builds: Code(_condition(*builds))
    environment.globals["partial"] = partial
    return environment


def _only_code(value: object) -> object:
    if not isinstance(value, Code):
        raise TypeError(f"a template prints {type(value).__name__} without a filter")
    return value


def _call(step: Step, literal: Callable[[Value], str]) -> str:
    parts = [_word(step.function)]
    for name, value in step.arguments:
        text = _server_path(value, literal) if isinstance(value, ServerPath) else literal(value)
        parts.append(f"-{_word(name)} {text}")
    return " ".join(parts)


def _server_path(path: ServerPath, literal: Callable[[Value], str]) -> str:
    return f"(Get-ServerPath {literal(path.name)}{' ' + literal(path.below) if path.below else ''})"


def _word(text: str) -> str:
    """Names of functions and parameters come from our own code, and are checked like everything else."""
    if not text.replace("-", "").isalpha():
        raise TypeError(f"{text!r} is no name of a function or a parameter")
    return text


def _condition(minimum: int, maximum: int) -> str:
    return f"(Get-WindowsBuild) -ge {int(minimum)} -and (Get-WindowsBuild) -le {int(maximum)}"


def join_partials(names: Iterable[str]) -> str:
    """Put files of functions one after the other."""
    return "\n".join(partial(name) for name in names)
