f"a{b}c{d!r:>{w}.{p}}e"

f'{a['b']}{f"{f'{1 + 1}'}"}'

f"{x = }{y=!s}{z=:>3}"

f"{{{a}}}" "b" f"c"

f"{a:{{}}}"

f"""{
    a  # note
    + b
}"""

f"{a!=b}{c:=5}{(d:=6)}"

f"{lambda_}{{}}{*a, b}{yield_}"

rf"\{a}\n{b:\d}"

f"\N{DASH}{a}\{b}"

"a" 'b' """c"""

b"a" rb'\b'

f""

f"" "" f"{a}"
