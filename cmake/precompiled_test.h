// What every test program includes, compiled once (cmake/Plenary.cmake). Never include this file by hand.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cmake/precompiled_standard.h"
