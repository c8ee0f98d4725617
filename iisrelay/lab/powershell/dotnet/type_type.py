"""System.Type (types as values, reflection), Enum's static methods, Activator, BindingFlags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import ArrayList
from iisrelay.lab.powershell.conversions import is_instance_of
from iisrelay.lab.powershell.dotnet.binding import call_static, get_static, set_static
from iisrelay.lab.powershell.dotnet.enum_type import get_names
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.invocation import construct
from iisrelay.lab.powershell.members import call_method, get_member, set_member
from iisrelay.lab.powershell.nettypes import OBJECT, TYPES, NetType, find_type, require_type
from iisrelay.lab.powershell.values import PSArray, PSCustomObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.annotations import BindingFlags
    from iisrelay.lab.powershell.engine import Engine

declare_enum(
    "System.Reflection.BindingFlags",
    {
        "Default": 0,
        "IgnoreCase": 1,
        "DeclaredOnly": 2,
        "Instance": 4,
        "Static": 8,
        "Public": 16,
        "NonPublic": 32,
        "FlattenHierarchy": 64,
        "InvokeMethod": 256,
        "CreateInstance": 512,
        "GetField": 1024,
        "SetField": 2048,
        "GetProperty": 4096,
        "SetProperty": 8192,
        "PutDispProperty": 16384,
        "PutRefDispProperty": 32768,
        "ExactBinding": 65536,
        "SuppressChangeType": 131072,
        "OptionalParamBinding": 262144,
        "IgnoreReturn": 16777216,
    },
    flags=True,
)
_GET, _SET, _INVOKE, _CREATE, _STATIC = 4096 | 1024, 8192 | 2048 | 16384 | 32768, 256, 512, 8
_FIELD, _NON_PUBLIC = 1024, 32

_ASSEMBLY = "mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"
_PRIMITIVE = {
    f"System.{name}"
    for name in (
        "Boolean",
        "Char",
        "SByte",
        "Byte",
        "Int16",
        "UInt16",
        "Int32",
        "UInt32",
        "Int64",
        "UInt64",
        "Double",
        "Single",
    )
}

declare("System.Reflection.MemberInfo")
type_type = declare("System.Type", bases=("System.Reflection.MemberInfo",), accelerators=("type",))
declare("System.RuntimeType", python=NetType, bases=("System.Type",))
type_type.getter("Name")(lambda value: value.short_name)
type_type.getter("FullName")(lambda value: value.name)
type_type.getter("Namespace")(lambda value: value.name.partition("[")[0].rpartition(".")[0])
type_type.getter("AssemblyQualifiedName")(lambda value: f"{value.name}, {_ASSEMBLY}")
type_type.getter("IsArray")(lambda value: value.element is not None)
type_type.getter("IsEnum")(lambda value: value.enum is not None)
type_type.getter("IsValueType")(lambda value: value.value_type)
type_type.getter("IsInterface")(lambda value: value.interface)
type_type.getter("IsClass")(lambda value: not value.value_type and not value.interface)
type_type.getter("IsPrimitive")(lambda value: value.value_type and value.name in _PRIMITIVE)
type_type.getter("IsGenericType")(lambda value: value.definition is not None or "`" in value.name)
type_type.getter("IsPublic", "IsVisible")(lambda _value: True)
type_type.getter("IsSerializable")(lambda value: value.enum is not None or value.name.startswith("System."))
type_type.getter("IsCOMObject")(lambda value: value.name == "System.__ComObject")
type_type.getter("UnderlyingSystemType")(lambda value: value)


@type_type.getter("BaseType")
def base_type(value: NetType) -> NetType | None:
    """Give the class a type extends."""
    if value.name == OBJECT or value.interface:
        return None
    if value.element is not None:
        return TYPES["system.array"]
    bases = (TYPES.get(base.lower()) for base in value.bases)
    return next((base for base in bases if base is not None and not base.interface), TYPES[OBJECT.lower()])


@type_type.method("ToString")
def to_text(value: NetType) -> str:
    """Give the full name."""
    return value.name


@type_type.method("Equals")
def is_equal(value: NetType, other: object) -> bool:
    """Tell whether two types are the same."""
    return isinstance(other, NetType) and value.name == other.name


@type_type.method("IsAssignableFrom")
def is_assignable_from(value: NetType, other: NetType) -> bool:
    """Tell whether values of another type are of this one."""
    return other.inherits(value.name)


@type_type.method("IsSubclassOf")
def is_subclass_of(value: NetType, other: NetType) -> bool:
    """Tell whether the type extends another."""
    return value.name != other.name and value.inherits(other.name)


@type_type.method("IsInstanceOfType")
def is_instance_of_type(value: NetType, item: object) -> bool:
    """Tell whether a value is of the type."""
    return is_instance_of(item, value)


@type_type.method("GetElementType")
def element_type(value: NetType) -> NetType | None:
    """Give the type of an array's items."""
    return value.element


@type_type.method("GetGenericArguments")
def generic_arguments(value: NetType) -> PSArray:
    """Give the arguments of a generic type."""
    return PSArray(value.arguments, "System.Type")


@type_type.method("GetInterfaces")
def interfaces(value: NetType) -> PSArray:
    """List the interfaces a type implements."""
    return PSArray(dict.fromkeys(kind for kind in value.lineage() if kind.interface), "System.Type")


@type_type.method("GetInterface")
def find_interface(value: NetType, name: str) -> NetType | None:
    """Find an interface the type implements by its name."""
    return next((kind for kind in value.lineage() if kind.interface and name in {kind.name, kind.short_name}), None)


def _described(name: str, kind: str, value: NetType) -> PSCustomObject:
    return PSCustomObject((("Name", name), ("MemberType", kind), ("DeclaringType", value)))


@type_type.method("GetProperties")
def properties(value: NetType, _flags: BindingFlags | None = None) -> PSArray:
    """List the properties of a type."""
    names = {name for kind in value.lineage() for name, _ in kind.getters.values()}
    return PSArray(_described(name, "Property", value) for name in sorted(names))


@type_type.method("GetMethods")
def methods(value: NetType, _flags: BindingFlags | None = None) -> PSArray:
    """List the methods of a type, static ones too."""
    names = {name for kind in value.lineage() for table in (kind.methods, kind.statics) for name, _ in table.values()}
    return PSArray(_described(name, "Method", value) for name in sorted(names))


@type_type.method("GetProperty")
def find_property(value: NetType, name: str, _flags: BindingFlags | None = None) -> PSCustomObject | None:
    """Find a property of a type."""
    found = value.find("getters", name)
    return None if found is None else _described(found[0], "Property", value)


@type_type.method("GetMethod")
def find_method(value: NetType, name: str, _flags: BindingFlags | None = None) -> PSCustomObject | None:
    """Find a method of a type."""
    found = value.find_methods("methods", name) or value.find_methods("statics", name)
    return None if found is None else _described(found[0], "Method", value)


@type_type.method("GetEnumNames")
def enum_names(value: NetType) -> PSArray:
    """List the names of an enumeration."""
    return get_names(value)


# Fields of .NET's inside that scripts are known to reach for by reflection: (type, name) and what gives the value.
HIDDEN_FIELDS: dict[tuple[str, str], Callable[[object], object]] = {}


@type_type.method("InvokeMember")
def invoke_member(  # noqa: PLR0917 - the .NET signature
    engine: Engine,
    value: NetType,
    name: str,
    flags: BindingFlags,
    _binder: object,
    target: object,
    arguments: object,
    *_rest: object,
) -> object:
    """Reach a member by reflection: get or set a property, call a method, construct; COM objects take any name."""
    given = _argument_list(arguments)
    bits = int(flags)
    if bits & _CREATE:
        return construct(engine, value, given)
    if bits & _FIELD and bits & _NON_PUBLIC and (value.name, name) in HIDDEN_FIELDS:
        return HIDDEN_FIELDS[value.name, name](target)
    if target is None and bits & _STATIC:
        return _invoke_static(engine, value, name, bits, given)
    if bits & _SET:
        if len(given) != 1:
            raise NetError(
                "System.Reflection.TargetParameterCountException",
                "Number of parameters specified does not match the expected number.",
            )
        return _unwrapped(lambda: set_member(engine, target, name, given[0]))
    if bits & _GET and not (bits & _INVOKE and given):
        return _unwrapped(lambda: get_member(engine, target, name))
    return _unwrapped(lambda: call_method(engine, target, name, given))


def _argument_list(arguments: object) -> list[object]:
    if arguments is None:
        return []
    return list(arguments.items) if isinstance(arguments, PSArray | ArrayList) else [arguments]


def _unwrapped(action: Callable[[], object]) -> object:
    """Run a member; reflection reports the member's own exception within TargetInvocationException."""
    try:
        return action()
    except NetError as error:
        cause = error.inner or error
        message = "Exception has been thrown by the target of an invocation."
        if cause.type_name == "System.Runtime.InteropServices.COMException":
            raise cause from error  # late-bound COM calls surface the COM error itself
        raise NetError("System.Reflection.TargetInvocationException", message, inner=cause) from error


def _invoke_static(engine: Engine, value: NetType, name: str, bits: int, given: list[object]) -> object:
    if bits & _SET:
        set_static(engine, value, name, given[0])
        return None
    if bits & _GET and not given:
        return get_static(engine, value, name)
    return call_static(engine, value, name, given)


@type_type.static("GetType")
def get_type(name: str, throw_on_error: bool = False, _ignore_case: bool = False) -> NetType | None:
    """Find a type by its full name."""
    return require_type(name) if throw_on_error else find_type(name)


@type_type.static("GetTypeFromProgID")
def type_from_program_id(name: str) -> NetType:
    """Give the type of COM objects of a ProgID."""
    return NetType("System.__ComObject", bases=("System.__ComObject",), short=name)
