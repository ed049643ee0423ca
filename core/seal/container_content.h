// What a container holds, as bytes. Private to core/seal. Source: docs/protocol/formats.md, "Day-end files".
#pragma once

#include "core/seal/container.h"

namespace plenary::seal {

Bytes encode_content(const DayEnd& content);
Bytes encode_content(const Receipt& content, const crypto::SigningKey& device);
// A receipt's signature is verified.
Result<ContainerContent> decode_content(ByteSpan bytes);

}  // namespace plenary::seal
