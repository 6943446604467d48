match x, *y:
  case 1 | -2.5+3j | 'a' 'b': pass
  case {'k': v, **rest}: pass
  case A(b, c=d.e) as f if g: pass
  case [a, *_, None]: pass
  case _: pass
match = 1
match(x)
type X[T] = int
