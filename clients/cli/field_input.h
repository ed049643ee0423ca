// Types and fields as a person types them, with what helps when a name or a value does not fit.
#pragma once

#include "clients/cli/session.h"

namespace plenary::cli {

// Throw Failed (invalid_argument) with the nearest name.
const merge::RecordType& type_named(Session& session, const std::string& typed);
const merge::Field& field_named(const merge::RecordType& type, const std::string& typed);

// What was typed for a field, as a value of its kind; ids are completed. Throws Failed.
replica::Value value_for(Session& session, const merge::Field& field, const std::string& typed);

}  // namespace plenary::cli
