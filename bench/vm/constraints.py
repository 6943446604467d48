# One-way constraints in a chain, kept satisfied as values change (after the DeltaBlue benchmark).
class Variable:
    def __init__(self, name, value):
        self.name = name
        self.value = value
        self.constraints = []
        self.determined_by = None
        self.stay = True


class Constraint:
    strength = 2

    def __init__(self, *variables):
        self.variables = variables
        for variable in variables:
            variable.constraints.append(self)

    def execute(self):
        raise NotImplementedError

    def output(self):
        return self.variables[-1]


class Equal(Constraint):
    def execute(self):
        self.variables[1].value = self.variables[0].value


class Scale(Constraint):
    strength = 1

    def execute(self):
        source, factor, offset, target = self.variables
        target.value = source.value * factor.value + offset.value


def plan(start):
    order, todo, seen = [], [start], set()
    while todo:
        variable = todo.pop()
        for constraint in variable.constraints:
            target = constraint.output()
            if target is variable or id(constraint) in seen:
                continue
            seen.add(id(constraint))
            target.determined_by = constraint
            order.append(constraint)
            todo.append(target)
    return order


def chain(n):
    variables = [Variable(f"v{i}", i) for i in range(n)]
    for left, right in zip(variables, variables[1:]):
        Equal(left, right)
    steps = plan(variables[0])
    for value in range(60):
        variables[0].value = value
        for step in steps:
            step.execute()
    return variables[-1].value


def projection(n):
    scale, offset = Variable("scale", 10), Variable("offset", 1000)
    sources = [Variable(f"s{i}", i) for i in range(n)]
    targets = [Variable(f"t{i}", i) for i in range(n)]
    for source, target in zip(sources, targets):
        Scale(source, scale, offset, target)
    for value in range(40):
        scale.value = value
        for step in plan(scale):
            step.execute()
    return sum(target.value for target in targets)


print(chain(2500), projection(2000))
