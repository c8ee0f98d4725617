"""Command lines as Windows programs get them, and the syntax of cmd.exe."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_OPERATOR = re.compile(r"&&|\|\||[&|]")
_REDIRECTION = re.compile(r"([12]?)(>>|>&|>|<)")
_WORD = re.compile(r'(?:[^\s"&|<>]|"[^"]*"?)+')


@dataclass
class Redirection:
    """``stream`` 1 or 2 (0 for input) goes to ``target`` ("&1" for the other stream)."""

    stream: int
    target: str
    append: bool = False


@dataclass
class SimpleCommand:
    """One command with its redirections; ``text`` is what is left of the line, quotes included."""

    text: str
    redirections: list[Redirection] = field(default_factory=list)


@dataclass
class Pipeline:
    """Commands joined by ``|``; ``connector`` stands before it: "" or "&" always, "&&" on success, "||" on failure."""

    connector: str
    commands: list[SimpleCommand]


def split_arguments(text: str) -> list[str]:
    r"""Split a command line as C programs do: quotes group, ``\"`` is a quote, backslashes elsewhere are themselves."""
    arguments: list[str] = []
    current, quoted, started, position = "", False, False, 0
    while position < len(text):
        slashes = len(text[position:]) - len(text[position:].lstrip("\\"))
        if slashes and text[position + slashes : position + slashes + 1] == '"':
            current += "\\" * (slashes // 2) + '"' * (slashes % 2)
            position += slashes + slashes % 2
            started = True
            continue
        letter = text[position]
        if letter == '"':
            quoted, started = not quoted, True
        elif letter in " \t" and not quoted:
            if started:
                arguments.append(current)
            current, started = "", False
        else:
            current, started = current + letter, True
        position += 1
    return [*arguments, current] if started else arguments


def parse_line(line: str) -> list[Pipeline]:
    """Take a line of cmd.exe apart at its operators and redirections."""
    pipelines = [Pipeline("", [SimpleCommand("")])]
    position = 0
    while position < len(line):
        command = pipelines[-1].commands[-1]
        operator = _OPERATOR.match(line, position)
        redirection = _REDIRECTION.match(line, position)
        if operator and operator.group() == "|":
            pipelines[-1].commands.append(SimpleCommand(""))
            position = operator.end()
        elif operator:
            pipelines.append(Pipeline(operator.group(), [SimpleCommand("")]))
            position = operator.end()
        elif redirection and (not redirection.group(1) or command.text[-1:] in ("", " ")):
            position = _take_redirection(line, redirection, command)
        else:
            text, position = _literal(line, position)
            command.text += text
    return [pipeline for pipeline in pipelines if any(command.text.strip() for command in pipeline.commands)]


def _literal(line: str, position: int) -> tuple[str, int]:
    """Take one character, an escaped character or a quoted part as it stands."""
    letter = line[position]
    if letter == "^" and position + 1 < len(line):
        return line[position + 1], position + 2
    if letter != '"':
        return letter, position + 1
    end = line.find('"', position + 1)
    end = len(line) if end < 0 else end + 1
    return line[position:end], end


def _take_redirection(line: str, match: re.Match[str], command: SimpleCommand) -> int:
    stream = 0 if match.group(2) == "<" else int(match.group(1) or 1)
    if match.group(2) == ">&":
        command.redirections.append(Redirection(stream, "&" + line[match.end() : match.end() + 1]))
        return match.end() + 1
    rest = line[match.end() :]
    target = _WORD.match(rest.lstrip())
    word = target.group() if target else ""
    command.redirections.append(Redirection(stream, word.replace('"', ""), append=match.group(2) == ">>"))
    return match.end() + len(rest) - len(rest.lstrip()) + len(word)
