def f[T: int, *Ts, **P](a: T) -> T: pass

class A[T = int, *Ts = *tuple[int, ...], **P = [int]](B): pass

type X[T] = list[T]

type = type(type)

type X = int

type.x = 1

type[int]

type: int
