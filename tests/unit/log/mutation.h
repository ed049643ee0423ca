// Damages bytes as disks, networks and enemies do: flips, truncations, insertions, copies of one part over another.
#pragma once

#include <algorithm>

#include "tests/unit/log/samples.h"

namespace plenary {

inline Bytes damaged(Bytes bytes, log::SeededEnvironment& environment) {
  const auto rounds = 1 + environment.below(4);
  for (std::uint64_t i = 0; i < rounds && !bytes.empty(); ++i) {
    const std::size_t at = environment.below(bytes.size());
    const std::size_t from = environment.below(bytes.size());
    const std::size_t count = std::min<std::size_t>(environment.below(24), bytes.size() - std::max(at, from));
    switch (environment.below(7)) {
      case 0:
        bytes[at] ^= static_cast<std::byte>(1u << environment.below(8));
        break;
      case 1:
        bytes[at] = static_cast<std::byte>(environment.below(256));
        break;
      case 2:
        bytes[at] = environment.below(2) == 0 ? std::byte{0xff} : std::byte{0};
        break;
      case 3:
        bytes.resize(at);
        break;
      case 4:
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::byte>(environment.below(256)));
        break;
      case 5:
        bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      default:
        std::copy_n(Bytes(bytes).begin() + static_cast<std::ptrdiff_t>(from), count,
                    bytes.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  return bytes;
}

}  // namespace plenary
