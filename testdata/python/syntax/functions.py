def f(a, b: int, /, c=1, *args: str, d, e: float = 2, **kw) -> None: ...

async def f(*, a): return await b

@a.b
@c(d)
class A(B, metaclass=C, **kw):
    """Doc."""
    x: int = 1

def f(*args: *Ts): pass

async def f():
    async for a, *b in c: pass
    else: pass
    async with a as b, c: pass
    return [x async for x in y]

class A: pass

class A(): pass
