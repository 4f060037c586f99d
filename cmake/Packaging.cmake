# The Debian package: cmake --build build/release --target package, or `make package`.
# Carries the embedded engine, found where tools/bootstrap.sh put it, with its notices.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME noroshi)
set(CPACK_PACKAGE_VENDOR "Noroshi")
set(CPACK_PACKAGE_CONTACT "Noroshi maintainers <noroshi@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "flow collection, history and botnet detection for providers")
set(CPACK_PACKAGE_DESCRIPTION
    "Noroshi takes NetFlow, IPFIX and sFlow from routers, keeps their history in an embedded database
or a ClickHouse cluster, answers questions in nfdump's filter language, and finds the servers that
command botnets and the infected lines behind them.")
set(CPACK_PACKAGE_FILE_NAME noroshi_${PROJECT_VERSION}_amd64)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR OFF)
set(CPACK_STRIP_FILES OFF)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libloc-database, fonts-noto-cjk")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(packaging ${PROJECT_SOURCE_DIR}/packaging)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${packaging}/debian/postinst ${packaging}/debian/prerm ${packaging}/debian/postrm
    ${packaging}/debian/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

install(FILES config/noroshi.toml config/policy.toml DESTINATION /etc/noroshi)
install(FILES packaging/systemd/noroshi.service DESTINATION /lib/systemd/system)
install(FILES LICENSE DESTINATION share/doc/noroshi RENAME copyright)
install(FILES README.md DESTINATION share/doc/noroshi)
install(DIRECTORY docs/ DESTINATION share/doc/noroshi)
install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION share/man/man1 OPTIONAL
        FILES_MATCHING PATTERN "*.1")
if(NOROSHI_EMBEDDED AND EXISTS ${NOROSHI_ENGINE_LIBRARY})
  install(FILES ${NOROSHI_ENGINE_LIBRARY} DESTINATION lib/noroshi)
  install(FILES packaging/engine/NOTICE DESTINATION share/doc/noroshi/engine)
endif()
include(CPack)
