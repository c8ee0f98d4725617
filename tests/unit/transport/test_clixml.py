import pytest

from iisrelay.transport.clixml import readable

HEAD = '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
PROGRESS = (
    f'{HEAD}<Obj S="progress" RefId="0"><MS><S N="Activity">Preparing modules for first use.</S></MS></Obj></Objs>'
)


@pytest.mark.parametrize(
    ("stderr", "text"),
    [
        ("", ""),
        ("plain trouble\r\n", "plain trouble\r\n"),
        (f"#< CLIXML\r\n{PROGRESS}", ""),
        (f'#< CLIXML\r\n{HEAD}<S S="Error">boom_x000D__x000A_</S><S S="verbose">quiet</S></Objs>', "boom\r\n"),
        (f'#< CLIXML\r\n{HEAD}<S S="Warning">caf_x00E9_ &lt;1&gt;</S></Objs>', "café <1>"),
        (f"before\r\n#< CLIXML\r\n{PROGRESS}after", "before\r\nafter"),
        ("#< CLIXML\r\n", ""),
        ("#< CLIXML\r\n<Objs><broken</Objs>", "#< CLIXML\r\n<Objs><broken</Objs>"),
        ("#< CLIXML<Objs><no:prefix/></Objs>", "#< CLIXML<Objs><no:prefix/></Objs>"),
        ("#< CLIXML<Objs>" + "<a>" * 99 + "</Objs>", "#< CLIXML<Objs>" + "<a>" * 99 + "</Objs>"),
    ],
)
def test_errors_are_text_and_noise_is_gone(stderr, text):
    assert readable(stderr) == text
