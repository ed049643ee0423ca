// Names of the schema ("lead_reviewer", "host_response") as a person reads them in a message.
#pragma once

#include <string>
#include <string_view>

namespace plenary {

// "lead_reviewer" -> "lead reviewer".
std::string in_words(std::string_view name);

// With the article that goes before it: "a finding", "an activity"; "evidence" and "training" take none.
std::string with_article(std::string_view words);

}  // namespace plenary
