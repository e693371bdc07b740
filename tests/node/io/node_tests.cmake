quorate_test(config_test SOURCES config_test.cc LIBS quorate_io)
quorate_test(log_test SOURCES log_test.cc LIBS quorate_io)
