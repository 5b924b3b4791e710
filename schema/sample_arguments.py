"""What analysts may filter and order by: what they may see, and no more. Sort orders and filters tell as fields do."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLInputObjectType, get_named_type
from graphql.execution.values import VariableValues, get_argument_values

from resolvers.errors import Forbidden
from schema.info import Info

ALLOWED: Mapping[str, frozenset[str]] = {
    "AppointmentWhere": frozenset({"mode", "provider", "status"}),
    "CoverageWhere": frozenset({"payer", "status"}),
    "InvoiceWhere": frozenset({"status"}),
    "PatientWhere": frozenset(),
    "RecordWhere": frozenset({"code", "kind", "status"}),
}
"""By input type, the filters on patients' data. The inputs of the directory are free."""

OF_THE_DIRECTORY = frozenset({"EducationResourceWhere", "EducationResourceOrder", "ProviderWhere", "ProviderOrder"})


class RefusedArgument(Forbidden):
    """Names the argument, and says the same whatever its value is."""

    def __init__(self, path: list[str]) -> None:
        super().__init__(f"Analysts may not use {'.'.join(path)}: it tells what they may not see.")
        self.details = {"path": path}


def check_sample_arguments(info: Info) -> None:
    """Raises RefusedArgument when an analyst filters or orders patients' data by what they may not see. Free for all others."""
    if info.context.access.deidentifier is None:
        return
    raw = info._raw_info  # noqa: SLF001 -- Strawberry has no public way to the arguments as they were given
    definition = raw.parent_type.fields[raw.field_name]
    variables: Any = raw.variable_values
    known = variables if isinstance(variables, VariableValues) else VariableValues({}, variables)
    given: dict[str, Any] = get_argument_values(definition, raw.field_nodes[0], known)
    for name, value in given.items():
        type_ = get_named_type(definition.args[name].type)
        if not isinstance(type_, GraphQLInputObjectType) or type_.name in OF_THE_DIRECTORY or value is None:
            continue
        allowed = ALLOWED.get(type_.name)
        if allowed is None:
            raise RefusedArgument([name])
        for key in sorted(value):
            if key not in allowed and value[key] is not None:
                raise RefusedArgument([name, key])
