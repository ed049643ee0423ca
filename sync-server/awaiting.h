// How this folder awaits: errors come as values, never as exceptions. A named constant, since GCC 12
// destroys temporaries of a co_await expression twice.
#pragma once

#include <asio/experimental/as_tuple.hpp>
#include <asio/use_awaitable.hpp>

namespace plenary::hub {

inline constexpr auto kAwait = asio::experimental::as_tuple(asio::use_awaitable);

}  // namespace plenary::hub
