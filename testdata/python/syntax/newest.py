try: pass
except A, B: pass
except C, D, E: pass

try: pass
except* A, B: pass

t"a{b}c{d!r:>3}"

t"a" t"{b}"

lazy import a.b as c

lazy from a import b

lazy = lazy(lazy)

lazy.b = lazy

[*a for a in b]

{**a for a in b}

{*a for a in b}
