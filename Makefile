# SPDX-License-Identifier: Apache-2.0
# The front door; the build itself is Meson's. Everything is built below build/.

BUILD ?= build
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 600

.PHONY: all setup demo test test-bare test-gpu bench bench-gpu fuzz install clean

all: $(BUILD)/build.ninja
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	meson setup --prefix $(PREFIX) --libdir lib $(BUILD)

# A build folder that is there already has to find what is installed now; so below.
setup:
	tools/setup.sh build demo test
	tools/wheels.sh
	plugins/tflite/library.sh
	test ! -f $(BUILD)/build.ninja || meson setup --reconfigure $(BUILD)

demo:
	tools/setup.sh build demo
	$(MAKE) all
	tools/demo.sh $(BUILD)

test:
	tools/setup.sh build demo test
	tools/wheels.sh
	plugins/tflite/library.sh
	python3 tools/test.py

test-bare:
	tools/test-bare.sh

bench:
	tools/setup.sh build bench
	tools/wheels.sh
	plugins/tflite/library.sh
	test ! -f $(BUILD)/build.ninja || meson setup --reconfigure $(BUILD)
	$(MAKE) all
	python3 bench/run.py $(BUILD)

# On a machine with a GPU of NVIDIA's. Nothing is installed there, and nothing built but what is wanted: such a
# machine has its libtorch in a package of Python's, and seldom more.
test-gpu: $(BUILD)/build.ninja
	ninja -C $(BUILD) gpu
	python3 tests/gpu/test_torch_gpu.py $(BUILD)

bench-gpu: $(BUILD)/build.ninja
	ninja -C $(BUILD) gpu
	python3 bench/run.py $(BUILD) gpu

fuzz:
	tools/setup.sh build demo test
	python3 tools/test.py --fuzz $(FUZZ_SECONDS)

# A build folder that is there already keeps the prefix that it was made with. Not each Debian tells
# Meson its folder for libraries; lib is one that compilers and the dynamic linker know.
install:
	test ! -f $(BUILD)/build.ninja || meson configure --prefix $(PREFIX) --libdir lib $(BUILD)
	$(MAKE) all
	meson install -C $(BUILD) --no-rebuild

clean:
	rm -rf $(BUILD)
