// Values that are nested protobuf messages (docs/protocol/formats.md, "Values"), through the descriptors compiled into
// this program.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>

namespace plenary::store {

// An empty message of that type; null for one that this program does not know.
std::unique_ptr<google::protobuf::Message> make_message(const std::string& full_name);
// Null for bytes that are no such message. Without a word of the library's own: members write the bytes.
std::unique_ptr<google::protobuf::Message> read_message(const std::string& full_name, std::string_view bytes);

}  // namespace plenary::store
