# Every outside library, in one place; `bootstrap` installs the Debian packages named beside each.

find_package(PkgConfig REQUIRED)                                          # pkg-config
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET GLOBAL libxxhash)       # libxxhash-dev
pkg_check_modules(CLP REQUIRED IMPORTED_TARGET GLOBAL clp)                # coinor-libclp-dev
find_package(Threads REQUIRED)
find_package(SQLite3 REQUIRED)                                            # libsqlite3-dev
find_package(yaml-cpp REQUIRED)                                           # libyaml-cpp-dev
find_package(nlohmann_json REQUIRED)                                      # nlohmann-json3-dev
find_package(fmt REQUIRED)                                                # libfmt-dev
find_package(CLI11 REQUIRED)                                              # libcli11-dev
find_package(Eigen3 REQUIRED NO_MODULE)                                   # libeigen3-dev
find_package(Spectra REQUIRED NO_MODULE)                                  # libspectra-dev
find_package(tl-expected REQUIRED)                                        # libexpected-dev
find_package(ZLIB REQUIRED)                                               # zlib1g-dev
find_package(Protobuf REQUIRED)                                           # libprotobuf-dev
find_package(ONNX REQUIRED)                                               # libonnx-dev
if(EQUIVOLVE_TBB)
  find_package(TBB REQUIRED)                                              # libtbb-dev
endif()
if(EQUIVOLVE_BUILD_GUI)
  find_package(Qt6 REQUIRED COMPONENTS Core Gui Widgets PrintSupport Svg) # qt6-base-dev, qt6-svg-dev
  find_package(QCustomPlotQt6 REQUIRED)                                   # libqcustomplot-dev
  if(EQUIVOLVE_TESTS)
    find_package(Qt6 REQUIRED COMPONENTS Test)
  endif()
endif()
if(EQUIVOLVE_TESTS)
  find_package(GTest REQUIRED)                                            # libgtest-dev, libgmock-dev
  pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET GLOBAL libcrypto)     # libssl-dev
  include(GoogleTest)
endif()
