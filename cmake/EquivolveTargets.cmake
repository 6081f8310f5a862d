# One function a kind of target, so that a folder's CMakeLists.txt says only what it holds and what it leans on.

function(equivolve_warnings target)
  if(EQUIVOLVE_DEVELOPER)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Werror)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "Release")
      # Known false positives of g++ 12 at -O3.
      target_compile_options(${target} PRIVATE -Wno-error=restrict -Wno-error=maybe-uninitialized
                             -Wno-error=array-bounds -Wno-error=stringop-overflow)
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND EQUIVOLVE_SANITIZE)
      # ... and of its sanitizers (std::regex).
      target_compile_options(${target} PRIVATE -Wno-error=maybe-uninitialized)
    endif()
  endif()
endfunction()

# equivolve_library(NAME SOURCES a.cpp ... [LINK targets...]): a static library of one layer.
function(equivolve_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
  equivolve_warnings(${name})
endfunction()

# equivolve_module(NAME SOURCES ... [LINK ...]): an evaluator, loaded at run time through the C interface only.
function(equivolve_module name)
  cmake_parse_arguments(ARG "" "DIR" "SOURCES;LINK" ${ARGN})
  add_library(${name} MODULE ${ARG_SOURCES})
  if(NOT ARG_DIR)
    set(ARG_DIR ${EQUIVOLVE_MODULE_DIR})
    # The installed program looks for it there: ../lib/equivolve/evaluators from its own folder.
    install(TARGETS ${name} LIBRARY DESTINATION lib/equivolve/evaluators)
  endif()
  set_target_properties(${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${ARG_DIR}
                        C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique>)
  endif()
  # What a module exports is its entry function; the symbols of the libraries inside it stay inside.
  target_link_options(${name} PRIVATE -Wl,--exclude-libs,ALL)
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  equivolve_warnings(${name})
endfunction()

function(equivolve_executable name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  equivolve_warnings(${name})
endfunction()

# equivolve_test(NAME SOURCES ... [ALONE ...] [LINK ...] [LABELS ...] [TIMEOUT s]): one GoogleTest program, one CTest
# entry a test. ALONE names those of its files whose helpers are called as another file's are, so that they are compiled
# by themselves where the others are compiled as one (CMAKE_UNITY_BUILD).
function(equivolve_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;ALONE;LINK;LABELS;DEPENDS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  set_source_files_properties(${ARG_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest GTest::gmock GTest::gtest_main)
  equivolve_warnings(${name})
  if(EQUIVOLVE_SANITIZE)
    # Each compiler has its own way to say so.
    target_compile_definitions(${name} PRIVATE EQUIVOLVE_SANITIZED)
  endif()
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  if("concurrent" IN_LIST ARG_LABELS OR "fault" IN_LIST ARG_LABELS)
    add_dependencies(concurrent_tests ${name})
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
