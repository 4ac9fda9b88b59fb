/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_TEST_NETWORKS_H
#define OPENCV_TEST_NETWORKS_H

/* Small networks, each an ONNX file. */

/* "sum" and "product" of the inputs "a" and "b", all of any x 3. */
extern const unsigned char sum_and_product[150];

/* "y" of 1 x 3 x 1 x 1: the means of the last dimension of "x", of 1 x 4 x 4 x 3. */
extern const unsigned char means_of_last[136];

/* The same of an "x" of bytes. */
extern const unsigned char means_of_last_bytes[162];

/* The same of an "x" that may be any x any x any x any. */
extern const unsigned char means_of_last_any[141];

#endif
