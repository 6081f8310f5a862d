# Compiler and linker choices that hold for every target.

find_program(EQUIVOLVE_CCACHE ccache)
if(EQUIVOLVE_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${EQUIVOLVE_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${EQUIVOLVE_CCACHE})
endif()

find_program(EQUIVOLVE_MOLD mold)
if(EQUIVOLVE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# One portable kind of machine for the whole program: two files built for different kinds may not share inline code.
if(EQUIVOLVE_NATIVE)
  add_compile_options(-march=native)
else()
  add_compile_options(-march=x86-64-v3)
endif()
# Interpreters must give the same bits on every kernel kind, so a product and a sum are never fused behind our back.
add_compile_options(-ffp-contract=off)

if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Of files that are compiled as one, g++ believes that the others include them.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
endif()
if(EQUIVOLVE_SANITIZE)
  add_compile_options(-fsanitize=${EQUIVOLVE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${EQUIVOLVE_SANITIZE})
endif()

if(EQUIVOLVE_TBB)
  add_compile_definitions(EQUIVOLVE_TBB)
endif()
if(EQUIVOLVE_FAULT_POINTS)
  add_compile_definitions(EQUIVOLVE_FAULT_POINTS)
endif()

include_directories(${CMAKE_SOURCE_DIR})
