// A simulated space as a history of the reference model (tests/vectors/model/README.md), and what a device shows of it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "tests/simulation/simulated_device.h"

namespace plenary::simulation {

// {"name", "roster", "changes", "moments": [{"name", "schema", "changes", "roster", "shown"}]}: everything that is
// delivered on the device; "shown" is what its tables say, in the words of the vectors' "expect". Labels are the first
// 12 digits of the hashes. Nothing where a history cannot be written in the model's words: an operation that names what
// its author never held, a type that is not in the schema, a roster record of a kind that the model does not know.
std::optional<nlohmann::json> export_history(SimulatedDevice& device, const SpaceId& space, const std::string& name);

}  // namespace plenary::simulation
