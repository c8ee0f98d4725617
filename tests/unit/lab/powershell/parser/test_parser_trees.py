import pytest
from parser_sketch import sketch

from iisrelay.lab.powershell.parser import parse

TREES = {
    # strings and variables
    '"$a.b"': "ExpandableString([$a, .b])",
    '"$($a.b)"': "ExpandableString([SubExpression({Member($a, b)})])",
    '"${a b}c"': "ExpandableString([$a b, c])",
    '"$env:X$"': "ExpandableString([$env:X, $])",
    '"$a[0]"': "ExpandableString([$a, [0]])",
    '"$x::y"': "ExpandableString([$x, ::y])",
    '"a`tb`q"': "'a\\tbq'",
    '"a""b"': "'a\"b'",
    "'a''b'": '"a\'b"',
    "'a’‘b'": "'a‘b'",
    '"x $("y $("z")")"': "ExpandableString([x , SubExpression({ExpandableString([y , SubExpression({'z'})])})])",
    "@'\na\nb'@\n'@": '"a\\nb\'@"',
    "@'\r\na\r\nb\r\n'@": "'a\\r\\nb'",
    '@"\n$a "q"\n"@.Length': 'Member(ExpandableString([$a,  "q"]), Length)',
    '@"\n"@': "''",
    # numbers
    "0x10, 0xFFFFFFFF, 1kb, 1.5, .5, 1e3, 10l, 5d": "ArrayLiteral([16, -1, 1024, 1.5, 0.5, 1000.0, 10, Decimal('5')])",
    "-5": "-5",
    "- 5": "Unary(-, 5)",
    "5-3": "Binary(-, 5, 3)",
    "5 -3": "Binary(-, 5, 3)",
    "1..5": "Binary(.., 1, 5)",
    "1.5.ToString()": "Invoke(1.5, ToString)",
    "5 \u2013 3": "Binary(-, 5, 3)",
    # precedence
    "1 + 2 * 3": "Binary(+, 1, Binary(*, 2, 3))",
    "1, 2 + 3": "Binary(+, ArrayLiteral([1, 2]), 3)",
    "'{0}' -f 1 + 2": "Binary(+, Binary(-f, '{0}', 1), 2)",
    "1..3 -f 2": "Binary(-f, Binary(.., 1, 3), 2)",
    "1 -or 2 -and 3": "Binary(-and, Binary(-or, 1, 2), 3)",
    "1 -eq 2 -band 3": "Binary(-band, Binary(-eq, 1, 2), 3)",
    "10 - 4 - 3": "Binary(-, Binary(-, 10, 4), 3)",
    "!$a -eq $b": "Binary(-eq, Unary(!, $a), $b)",
    "-join 'a', 'b'": "ArrayLiteral([Unary(-join, 'a'), 'b'])",
    ", 1, 2": "ArrayLiteral([Unary(,, 1), 2])",
    "$a -CREPLACE 'x'": "Binary(-creplace, $a, 'x')",
    # types
    "[int[]][string[]]$x": "Convert(int[], Convert(string[], $x))",
    "[int]-2.5": "Convert(int, -2.5)",
    "[int], [string]": "ArrayLiteral([TypeLiteral(int), TypeLiteral(string)])",
    "$x -is [int] -and $y": "Binary(-and, Binary(-is, $x, TypeLiteral(int)), $y)",
    "[Collections.Generic.Dictionary[string, int]]::new()":
        "Invoke(TypeLiteral(Collections.Generic.Dictionary[string,int]), new, True)",
    "[List`1[[System.String, mscorlib]]]": "TypeLiteral(List`1[System.String])",
    "[int[,]]": "TypeLiteral(int[,])",
    "[System.Int32, mscorlib, Version=4.0.0.0]::MaxValue": "Member(TypeLiteral(System.Int32), MaxValue, True)",
    # members
    "$x.'a b'.$p.(1)": "Member(Member(Member($x, 'a b'), $p), Paren(1))",
    "$x.a[1, 2].b(1, $y)": "Invoke(Index(Member($x, a), ArrayLiteral([1, 2])), b, [1, $y])",
    "$x.a(\n1,\n2\n)": "Invoke($x, a, [1, 2])",
    "$x.\n  a": "Member($x, a)",
    "$x.Where{ $_ }": "Invoke($x, Where, [ScriptBlockExpression(ScriptBlock({$_}))])",
    "$h.1": "Member($h, 1)",
    "$i++; --$i.n": "Postfix(++, $i); Unary(--, Member($i, n))",
    # literals of collections
    "@{a = 1; 'b c' = 2\nif = 3}": "HashLiteral([[a, 1], ['b c', 2], [if, 3]])",
    "@{a = if (1) {2} else {3}}": "HashLiteral([[a, If([[1, {2}]], {3})]])",
    "@(1; 2)": "ArrayExpression({1; 2})",
    # arguments
    "echo a,b c": "Command(echo, [ArrayLiteral([a, b]), c])",
    "echo 10.0.0.1 SmtpSvc/1 5 -5 5x": "Command(echo, [10.0.0.1, SmtpSvc/1, 5, -5, 5x])",
    "echo -Name:value -f5 -a:$b -c: d": "Command(echo, [Parameter(Name, value), Parameter(f5), Parameter(a, $b), "
        "Parameter(c, d)])",
    "echo $x.y $x/y a$b $x[0] $x::z": "Command(echo, [Member($x, y), ExpandableString([$x, /y]), "
        "ExpandableString([a, $b]), Index($x, 0), Member($x, z, True)])",
    "echo $x.y\\z (1)w": "Command(echo, [Member($x, y), \\z, Paren(1), w])",
    "echo 'a'b c'd'\"e\"": "Command(echo, ['a', b, cde])",
    "echo @x a@x": "Command(echo, [@x, a@x])",
    "echo [int] x#y #z": "Command(echo, [[int], x#y])",
    "echo -- -x": "Command(echo, [Parameter(-), -x])",
    'cmd --% /c "a $b': 'Command(cmd, [--%, /c "a $b])',
    "echo `-x": "Command(echo, [-x])",
    "echo a `\n b": "Command(echo, [a, b])",
    "x = 5": "Command(x, [=, 5])",
    "7z a": "Command(7z, [a])",
    "% { $_ }": "Command(%, [ScriptBlockExpression(ScriptBlock({$_}))])",
    "& $sb.x 1": "Command(Member($sb, x), [1], &)",
    ". .\\a.ps1": "Command(.\\a.ps1, .)",
    "..\\a.ps1": "Command(..\\a.ps1)",
    "a | b |\n c": "Pipeline([Command(a), Command(b), Command(c)])",
    "(if (1) {2})": "Paren(Command(if, [Paren(1), ScriptBlockExpression(ScriptBlock({2}))]))",
    # redirections
    "a 2>&1 >b 3>>$c": "Command(a, [Redirection(2, 1), Redirection(1, b), Redirection(3, True, $c)])",
    "a *>&1": "Command(a, [Redirection(0, 1)])",
    "5 > 3": "CommandExpression(5, [Redirection(1, 3)])",
    # assignments
    "$a, $b = 1, 2": "Assignment(ArrayLiteral([$a, $b]), =, ArrayLiteral([1, 2]))",
    "$a = $b = 5": "Assignment($a, =, Assignment($b, =, 5))",
    "$a.b[1] += 2": "Assignment(Index(Member($a, b), 1), +=, 2)",
    "$x = if ($a) { 1 }": "Assignment($x, =, If([[$a, {1}]]))",
    "($a) = 1": "Assignment($a, =, 1)",
    "[ValidateSet('a')][string]$x = 'a'":
        "Assignment(AttributedExpression(Attribute(ValidateSet, ['a']), Convert(string, $x)), =, 'a')",
    # statements
    "if (1) {2}\nelseif (3) {4}\nelse {5}": "If([[1, {2}], [3, {4}]], {5})",
    "for ($i = 0; $i -lt 3; $i++) {}": "For(Assignment($i, =, 0), Binary(-lt, $i, 3), Postfix(++, $i), {})",
    "for (;;) {break}": "For({Flow(break)})",
    ":o foreach ($x in 1, 2) {continue o}": "ForEach($x, ArrayLiteral([1, 2]), {Flow(continue, o)}, o)",
    "do {1} until ($x)": "DoLoop($x, {1}, True)",
    "while ($x) {1} 2": "While($x, {1}); 2",
    "switch -regex -case ($x) { 'a' {1} 2 {3} b {4} {$_} {5} default {6} }":
        "Switch($x, [['a', {1}], [2, {3}], [b, {4}], [ScriptBlockExpression(ScriptBlock({$_})), {5}], "
        "[None, {6}]], ['casesensitive', 'regex'])",
    "switch -file a.txt { x {1} }": "Switch(a.txt, [[x, {1}]], True)",
    "try {1} catch [A], [B] {2} catch {3} finally {4}": "Try({1}, [[[A, B], {2}], [[], {3}]], {4})",
    "& { trap [X] { 1 } 2 }": "Command(ScriptBlockExpression(ScriptBlock({2; Trap(X, {1})})), &)",
    "function f($a, [int]$b = 5) { $a }": "FunctionDefinition(f, ScriptBlock([ParameterDefinition(a), "
        "ParameterDefinition(b, int, 5)], {$a}))",
    "function f { param($a) process { $_ } }": "FunctionDefinition(f, ScriptBlock([ParameterDefinition(a)], {$_}))",
    "filter f { $_ }": "FunctionDefinition(f, ScriptBlock({$_}), True)",
    "{ [CmdletBinding(A = 1)] param([Parameter(Mandatory)] [string] $x) }":
        "ScriptBlockExpression(ScriptBlock([ParameterDefinition(x, string, "
        "[Attribute(Parameter, [[Mandatory, None]])])], {}, [Attribute(CmdletBinding, [[A, 1]])]))",
    "return 1, 2": "Flow(return, ArrayLiteral([1, 2]))",
    "data d { 1 }": "Data(d, {1})",
    "1 <# c\n #> + <# d #> 2 # e": "Binary(+, 1, 2)",
}  # fmt: skip


@pytest.mark.parametrize("script", TREES)
def test_tree(script):
    assert sketch(script) == TREES[script]


def test_places_are_offsets_into_the_script():
    statement = parse("  $a = 1 + 2  # x").end_block.statements[0]
    assert (statement.start, statement.end) == (2, 12)
    assert (statement.value.start, statement.value.end) == (7, 12)


def test_script_block_text_is_what_stands_between_the_braces():
    block = parse("& { $x + 1 }").end_block.statements[0].elements[0].name
    assert block.body.text == " $x + 1 "


def test_requires_comments_are_collected():
    assert parse("#Requires -Version 3.0\n1").requires == ("-Version 3.0",)
