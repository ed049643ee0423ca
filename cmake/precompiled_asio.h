// What the network's two ends include, compiled once (cmake/Plenary.cmake). Never include this file by hand.
#pragma once

#include <asio.hpp>

#include "cmake/precompiled_standard.h"
