#include "core/store/message_value.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/stubs/logging.h>

namespace plenary::store {

std::unique_ptr<google::protobuf::Message> make_message(const std::string& full_name) {
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(full_name);
  if (descriptor == nullptr) return nullptr;
  const auto* prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor);
  return std::unique_ptr<google::protobuf::Message>(prototype == nullptr ? nullptr : prototype->New());
}

std::unique_ptr<google::protobuf::Message> read_message(const std::string& full_name, std::string_view bytes) {
  const google::protobuf::LogSilencer silence;
  auto message = make_message(full_name);
  if (message && !message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) message.reset();
  return message;
}

}  // namespace plenary::store
