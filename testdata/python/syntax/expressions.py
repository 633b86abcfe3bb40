if (n := len(a)) > 10: pass

f(a, *b, c=1, **d, e=2)

f(x for x in y if x if not x)

f((x for x in y), 1)

x = a if b else c if d else e

a < b <= c is not d not in e

not a == b and c or d

-a ** -b ** c

a @ b // c % d << 1 | 2 ^ 3 & ~4

lambda: 0

lambda a, /, b=1, *c, d, e=2, **f: (a, b)

{**a, "b": 1, **c}

{a: b for a, b in c async for d in e}

{a, *b}

[*a, *b]

a[1:2, ::3, ...]

a[*b]

a[b:=1]

x = yield

x = yield a, *b

await a ** 2

(yield from a)

x = *a, b

x: int

(x): "y" = 1

x = y = z,

x //= yield

1_000 + 0xff + 1e-5 + 2.5j + .5 + 1. + 0o17

a.b.c(d)[e].f

()

(a)

del a, b[0], (c, d)

assert a, b

raise A from b

global a, b
