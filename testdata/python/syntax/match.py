match command.split():
    case ["go", ("north" | "south") as way]:
        pass
    case [Point(x=0, y=0), *rest] if rest:
        pass
    case {"a": 1, -1: _, **others}:
        pass
    case str() | None | 3.5 | -2+4j:
        pass
    case color.RED, *_:
        pass
    case (a):
        pass
    case (a,):
        pass
    case _:
        pass

match x, *y:
    case 1: pass

match = match(match)[match:match]

match[case]: int = 1

match (a)

match * a

match -a:
    case 1: pass

match (yield):
    case "a" "b": pass
