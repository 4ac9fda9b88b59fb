/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TF_TEST_SUPPORT_H
#define TF_TEST_SUPPORT_H

#include "plugin_kit.h"

/* MADE is the path of what test_models.py has made, from the build; MODELS that of models/. */

/* Exit, as skipped, if there is no TensorFlow for Python that could make the models. */
void skip_without_models(void);

/* For cmocka: a session with this plugin alone is the state. */
int tf_begin(void **state);
int tf_end(void **state);

#endif
