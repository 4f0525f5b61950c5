# Which names of the tests the program must provide, found from the tests alone (the program has no say: one that defines `abs` must not be asked for it).
# They are what the tests read and nobody on this side defines; a function that the setup only declares counts as undefined.
import ast
import builtins
import sys


def names_to_proxy(setup, asserts, defined):
    """`defined`: what there is after the setup ran."""
    tree = ast.parse('\n'.join(asserts))
    read = used_in(tree)
    ours = bound_in(tree) | set(defined) - declared_in(ast.parse(setup)) | modules_in(tree)
    free = [name for name in read if name not in ours]
    asked = [name for name in free if not hasattr(builtins, name)]
    if asked:
        return asked
    # MBPP 126 asks for a function called `sum`: where the tests use builtins alone it can only be the one that each of them calls.
    called = [name for name in free if all(name in called_in(ast.parse(unit)) for unit in asserts)]
    return called if len(called) == 1 else []


def used_in(tree):
    return list(dict.fromkeys(n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)))


def modules_in(tree):
    """Modules of the standard library that tests reach into without importing them: they count on an import of the program's, and any will do."""
    owners = [n.value for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)]
    alone = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not any(n is owner for owner in owners)}
    return {owner.id for owner in owners if owner.id in sys.stdlib_module_names} - alone


def called_in(tree):
    return {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}


def bound_in(tree):
    """Every name that is bound anywhere: assigned, imported, defined, an argument, an exception."""
    bound = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split('.')[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return bound


def declared_in(setup):
    return {node.name for node in setup.body if isinstance(node, ast.FunctionDef) and is_declaration(node)}


def is_declaration(function):
    """def f(x): pass, ..., or a docstring, and nothing else but imports."""
    return all(isinstance(s, (ast.Pass, ast.Import, ast.ImportFrom)) or (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)) for s in function.body)
