# Compiler settings and the small functions with which every folder declares itself.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

find_package(PkgConfig REQUIRED)
find_package(Protobuf REQUIRED)
find_package(Threads REQUIRED)
find_package(GTest QUIET)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(sqlite REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(qrencode REQUIRED IMPORTED_TARGET libqrencode)
pkg_check_modules(png REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(keyutils REQUIRED IMPORTED_TARGET libkeyutils)
pkg_check_modules(spdlog REQUIRED IMPORTED_TARGET spdlog)

# Tests are built wherever GoogleTest is; asking for them where it is not is an error, not a smaller build.
option(PLENARY_TESTS "Build the tests" ${GTest_FOUND})
option(PLENARY_BENCH "Build the benchmarks" ON)
option(PLENARY_PRECOMPILE "Precompile the heavy headers; without effect where ccache is found, which serves better" OFF)
option(PLENARY_FUZZ "Build the fuzzers with libFuzzer (clang)" OFF)
set(PLENARY_SANITIZE "" CACHE STRING "Sanitizers, as a list for -fsanitize (address,undefined or thread)")
if(PLENARY_TESTS)
  find_package(GTest REQUIRED)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD AND NOT PLENARY_FUZZ)
  add_link_options(-fuse-ld=mold)
endif()

add_library(plenary_options INTERFACE)
target_include_directories(plenary_options INTERFACE ${CMAKE_SOURCE_DIR})
# Asio decides by what was included before it whether to allocate with aligned_alloc, so that two sources could
# disagree on who frees what. Said once, for all.
target_compile_definitions(plenary_options INTERFACE ASIO_DISABLE_STD_ALIGNED_ALLOC)
target_compile_options(plenary_options INTERFACE -Wall -Wextra -Wpedantic -Werror -Wno-missing-field-initializers)
# GCC 12 warns falsely of bounds in std::string where it optimises hard or instruments (its bugs 105329, 105651); which
# lines it picks changes with every flag. The dev preset keeps these warnings.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13
   AND (CMAKE_BUILD_TYPE STREQUAL Release OR PLENARY_SANITIZE))
  target_compile_options(plenary_options INTERFACE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow
                         -Wno-stringop-overread -Wno-maybe-uninitialized -Wno-free-nonheap-object
                         -Wno-mismatched-new-delete)
endif()
if(PLENARY_SANITIZE)
  add_compile_options(-fsanitize=${PLENARY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PLENARY_SANITIZE})
endif()
if(PLENARY_SANITIZE MATCHES thread)
  # The sanitizer does not see the fences of Asio's executors. They guard nothing of ours: what threads of the hub share
  # is passed through queues with locks of their own.
  target_compile_options(plenary_options INTERFACE -Wno-tsan)
endif()
if(PLENARY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# plenary_precompile(TARGET SET) lets TARGET use the precompiled headers of cmake/precompiled_SET.h, which are compiled
# once for all. Headers still include what they need: the dev preset builds without this and proves it.
function(plenary_precompile target set)
  if(NOT PLENARY_PRECOMPILE OR CCACHE)
    return()
  endif()
  if(NOT TARGET precompiled_${set})
    file(WRITE ${CMAKE_BINARY_DIR}/precompiled_${set}.cc "")
    add_library(precompiled_${set} OBJECT ${CMAKE_BINARY_DIR}/precompiled_${set}.cc)
    target_link_libraries(precompiled_${set} PRIVATE plenary_options ${ARGN})
    target_precompile_headers(precompiled_${set} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled_${set}.h)
  endif()
  target_precompile_headers(${target} REUSE_FROM precompiled_${set})
endfunction()

# plenary_unite(TARGET) compiles several sources of TARGET as one, which parses every header once: the release build from
# nothing takes half the time. The dev preset compiles them apart and proves that each includes what it needs.
option(PLENARY_UNITE "Compile several sources of a folder as one" OFF)
function(plenary_unite target)
  if(PLENARY_UNITE)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    # GCC only: a class with members of an unnamed namespace's types is fine in a source, and these are included sources.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
endfunction()

# plenary_library(NAME dependencies...) makes libplenary_NAME of all sources in the current folder. A folder that sets
# precompiled_set before uses that set of headers instead of the standard ones.
function(plenary_library name)
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  if(sources)
    add_library(plenary_${name} STATIC ${sources})
    target_link_libraries(plenary_${name} PUBLIC plenary_options ${ARGN})
    if(NOT precompiled_set)
      set(precompiled_set standard)
    endif()
    plenary_precompile(plenary_${name} ${precompiled_set})
    plenary_unite(plenary_${name})
  else()
    add_library(plenary_${name} INTERFACE)
    target_link_libraries(plenary_${name} INTERFACE plenary_options ${ARGN})
  endif()
endfunction()

# plenary_test(NAME dependencies...) makes the test program test_NAME of all sources in the current folder.
# Tests find their data below PLENARY_SOURCE_DIR.
include(GoogleTest)
function(plenary_test name)
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources})
  target_link_libraries(test_${name} PRIVATE plenary_options ${ARGN} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(test_${name} PRIVATE PLENARY_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  plenary_precompile(test_${name} test GTest::gtest GTest::gmock)
  gtest_discover_tests(test_${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 TEST_PREFIX "${name}." PROPERTIES TIMEOUT 300)
endfunction()
