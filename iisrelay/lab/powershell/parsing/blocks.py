"""Script blocks, their parameters and named blocks, and function definitions."""

from __future__ import annotations

import re
from functools import partial

from iisrelay.lab.powershell.parsing.loops import Loops
from iisrelay.lab.powershell.syntax import (
    Attribute,
    FunctionDefinition,
    Literal,
    Node,
    ParameterDefinition,
    ScriptBlock,
    TypeLiteral,
)

_PARAM = re.compile(r"param(?=\s*\()", re.IGNORECASE)
_NAMED_BLOCKS = {
    "begin": "begin_block",
    "process": "process_block",
    "end": "end_block",
    "dynamicparam": "dynamic_block",
}
_MISSING_BRACE = "Missing closing '}' in statement block or type definition."
_MISSING_PAREN = "Missing ')' in function parameter list."


class Blocks(Loops):
    """Script blocks and functions: the whole grammar."""

    def __init__(self, text: str, version: str) -> None:
        super().__init__(text, version)
        self.keywords.update({"function": self._function, "filter": partial(self._function, is_filter=True)})

    def script(self) -> ScriptBlock:
        """Read a whole script."""
        script = self._script_body(0)
        if self.position < len(self.text):
            raise self.unexpected()
        script.end, script.text = self.position, self.text
        script.requires = tuple(self.requires[offset] for offset in sorted(self.requires))
        return script

    def braced_script(self) -> ScriptBlock:
        """Read ``{ ... }`` as a script block."""
        start = self.position
        self.expect("{", _MISSING_BRACE)
        script = self._script_body(start)
        self.expect("}", _MISSING_BRACE)
        script.end, script.text = self.position, self.text[start + 1 : self.position - 1]
        return script

    def _script_body(self, start: int) -> ScriptBlock:
        script = ScriptBlock(start, start)
        self.skip_terminators()
        self._param_block(script)
        self.skip_terminators()
        if self.peek_keyword() in _NAMED_BLOCKS:
            self._named_blocks(script)
        else:
            script.end_block = self.statement_list()
        return script

    def _named_blocks(self, script: ScriptBlock) -> None:
        script.named_blocks = True
        while self.peek() not in {"", "}", ")"}:
            keyword = self.peek_keyword()
            if keyword not in _NAMED_BLOCKS:
                token = self.unexpected().message.removesuffix(" in expression or statement.")
                raise self.error(f"{token}, expected 'begin', 'process', 'end', or 'dynamicparam'.")
            if getattr(script, _NAMED_BLOCKS[keyword]) is not None:
                raise self.error(f"Script command clause '{keyword}' has already been defined.")
            self.position += len(keyword)
            setattr(script, _NAMED_BLOCKS[keyword], self.block("Missing statement block after the clause's keyword."))
            self.skip_terminators()

    # -- parameters ----------------------------------------------------------------------------------------------------

    def _param_block(self, script: ScriptBlock) -> None:
        """Read attributes and ``param ( ... )`` if they come next; attributes of anything else stay unread."""
        before = self.position
        if self.peek() != "[" and _PARAM.match(self.text, before) is None:
            return
        attributes = self.attribute_list()
        if self.match(_PARAM) is None:
            self.position = before
            return
        self.skip_lines()
        script.attributes = [attribute for attribute in attributes if isinstance(attribute, Attribute)]
        script.parameters = self._parameters()
        script.has_param_block = True

    def _parameters(self) -> list[ParameterDefinition]:
        self.expect("(", _MISSING_PAREN)
        parameters: list[ParameterDefinition] = []
        self.skip_lines()
        while self.peek() != ")":
            parameters.append(self._parameter_definition())
            self.skip_lines()
            if not self.accept(","):
                break
            self.skip_lines()
            if self.peek() == ")":
                raise self.error("Missing expression after ','.")
        self.expect(")", _MISSING_PAREN)
        self._refuse_same_names(parameters)
        return parameters

    def _parameter_definition(self) -> ParameterDefinition:
        start = self.position
        found = self.attribute_list()
        variable = self.variable() if self.peek() == "$" else None
        if variable is None or variable.scope:
            raise self.error(_MISSING_PAREN if not found else "Missing a parameter's name after its attributes.")
        default = self._default()
        types = [item.name for item in found if isinstance(item, TypeLiteral)]
        attributes = [item for item in found if isinstance(item, Attribute)]
        end = variable.end if default is None else default.end
        return ParameterDefinition(start, end, variable.name, types[-1] if types else "", default, attributes)

    def _default(self) -> Node | None:
        before = self.position
        self.skip_lines()
        if not self.accept("="):
            self.position = before
            return None
        self.skip_lines()
        default = self.with_commas(False, self.expression)
        if default is None:
            raise self.error("Missing expression after '=' in the parameter list.")
        return default

    def _refuse_same_names(self, parameters: list[ParameterDefinition]) -> None:
        seen = set()
        for parameter in parameters:
            if parameter.name.lower() in seen:
                raise self.error(f"Duplicate parameter ${parameter.name} in parameter list.", parameter.start)
            seen.add(parameter.name.lower())

    # -- functions -----------------------------------------------------------------------------------------------------

    def _function(self, start: int, *, is_filter: bool = False) -> FunctionDefinition:
        keyword = "filter" if is_filter else "function"
        self.skip_blanks()
        name = self._word()
        if not isinstance(name, Literal):
            raise self.error(f"Missing name after {keyword} keyword.")
        self.skip_lines()
        parameters = self.with_commas(True, self._parameters) if self.peek() == "(" else None
        self.skip_lines()
        if self.peek() != "{":
            raise self.error("Missing function body in function declaration.")
        body = self.with_commas(True, self.braced_script)
        self._give_parameters(body, parameters)
        return FunctionDefinition(start, self.position, str(name.value), body, is_filter)

    def _give_parameters(self, body: ScriptBlock, parameters: list[ParameterDefinition] | None) -> None:
        if parameters is None:
            return
        if body.has_param_block:
            message = "The param statement cannot be used if arguments were specified in the function declaration."
            raise self.error(message, body.start)
        body.parameters = parameters
