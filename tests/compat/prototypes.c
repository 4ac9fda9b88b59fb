/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of vAccel 0.8 by their types. One that the headers do not declare so does not
 * compile, one that the library does not export does not link. Also valid C++.
 */
#include <vaccel.h>

#define FUNCTION(name, result, ...) result (*name##_of_this_type)(__VA_ARGS__) = vaccel_##name;

FUNCTION(str_to_lower, int, const char *, char *, size_t, char **)
FUNCTION(arg_init, int, struct vaccel_arg *, const void *, size_t, vaccel_arg_type_t, uint32_t)
FUNCTION(arg_init_from_buf, int, struct vaccel_arg *, void *, size_t, vaccel_arg_type_t, uint32_t)
FUNCTION(arg_release, int, struct vaccel_arg *)
FUNCTION(arg_new, int, struct vaccel_arg **, const void *, size_t, vaccel_arg_type_t, uint32_t)
FUNCTION(arg_from_buf, int, struct vaccel_arg **, void *, size_t, vaccel_arg_type_t, uint32_t)
FUNCTION(arg_delete, int, struct vaccel_arg *)
FUNCTION(arg_array_init, int, struct vaccel_arg_array *, size_t)
FUNCTION(arg_array_release, int, struct vaccel_arg_array *)
FUNCTION(arg_array_new, int, struct vaccel_arg_array **, size_t)
FUNCTION(arg_array_delete, int, struct vaccel_arg_array *)
FUNCTION(arg_array_wrap, int, struct vaccel_arg_array *, struct vaccel_arg *, size_t)
FUNCTION(arg_array_clear, void, struct vaccel_arg_array *)
FUNCTION(arg_array_add_raw, int, struct vaccel_arg_array *, void *, size_t)
FUNCTION(arg_array_add_string, int, struct vaccel_arg_array *, char *)
FUNCTION(arg_array_add_buffer, int, struct vaccel_arg_array *, void *, size_t)
FUNCTION(arg_array_add_custom, int, struct vaccel_arg_array *, uint32_t, void *, size_t,
         vaccel_arg_type_validator_fn)
FUNCTION(arg_array_add_serialized, int, struct vaccel_arg_array *, vaccel_arg_type_t, uint32_t,
         const void *, size_t, vaccel_arg_serializer_fn)
FUNCTION(arg_array_add_range, int, struct vaccel_arg_array *, const struct vaccel_arg_array *,
         size_t, size_t, bool)
FUNCTION(arg_array_add_remaining, int, struct vaccel_arg_array *, const struct vaccel_arg_array *,
         bool)
FUNCTION(arg_array_add_all, int, struct vaccel_arg_array *, const struct vaccel_arg_array *, bool)
FUNCTION(arg_array_get_raw, int, struct vaccel_arg_array *, void **, size_t *)
FUNCTION(arg_array_get_string, int, struct vaccel_arg_array *, char **)
FUNCTION(arg_array_get_buffer, int, struct vaccel_arg_array *, void **, size_t *)
FUNCTION(arg_array_get_custom, int, struct vaccel_arg_array *, uint32_t, void **, size_t *,
         vaccel_arg_type_validator_fn)
FUNCTION(arg_array_get_serialized, int, struct vaccel_arg_array *, vaccel_arg_type_t, uint32_t,
         void *, size_t, vaccel_arg_deserializer_fn)
FUNCTION(arg_array_set_raw, int, struct vaccel_arg_array *, void *, size_t)
FUNCTION(arg_array_set_string, int, struct vaccel_arg_array *, char *)
FUNCTION(arg_array_set_buffer, int, struct vaccel_arg_array *, void *, size_t)
FUNCTION(arg_array_set_custom, int, struct vaccel_arg_array *, uint32_t, void *, size_t,
         vaccel_arg_type_validator_fn)
FUNCTION(arg_array_set_serialized, int, struct vaccel_arg_array *, vaccel_arg_type_t, uint32_t,
         void *, size_t, vaccel_arg_serializer_fn)
FUNCTION(arg_array_get_remaining, int, struct vaccel_arg_array *, struct vaccel_arg **, size_t *)
FUNCTION(arg_array_remaining_count, size_t, const struct vaccel_arg_array *)
FUNCTION(arg_array_position, size_t, const struct vaccel_arg_array *)
FUNCTION(arg_array_set_position, void, struct vaccel_arg_array *, size_t)
FUNCTION(arg_array_reset_position, void, struct vaccel_arg_array *)
FUNCTION(arg_array_count, size_t, const struct vaccel_arg_array *)
FUNCTION(arg_array_raw, struct vaccel_arg *, struct vaccel_arg_array *)
FUNCTION(args_init, struct vaccel_arg_list *, uint32_t)
FUNCTION(add_serial_arg, int, struct vaccel_arg_list *, void *, uint32_t)
FUNCTION(add_nonserial_arg, int, struct vaccel_arg_list *, void *, uint32_t,
         void *(*)(void *, uint32_t *))
FUNCTION(expect_serial_arg, int, struct vaccel_arg_list *, void *, uint32_t)
FUNCTION(expect_nonserial_arg, int, struct vaccel_arg_list *, uint32_t)
FUNCTION(extract_serial_arg, void *, struct vaccel_arg *, int)
FUNCTION(extract_nonserial_arg, void *, struct vaccel_arg *, int, void *(*)(void *, uint32_t))
FUNCTION(write_serial_arg, int, struct vaccel_arg *, int, void *)
FUNCTION(write_nonserial_arg, int, struct vaccel_arg *, int, void *, void *(*)(void *, uint32_t *))
FUNCTION(delete_args, int, struct vaccel_arg_list *)
FUNCTION(log_init, int, void)
FUNCTION(log_shutdown, int, void)
FUNCTION(config_init, int, struct vaccel_config *, const char *, vaccel_log_level_t, const char *,
         bool, bool)
FUNCTION(config_init_from_env, int, struct vaccel_config *)
FUNCTION(config_init_from, int, struct vaccel_config *, struct vaccel_config *)
FUNCTION(config_release, int, struct vaccel_config *)
FUNCTION(config_new, int, struct vaccel_config **, const char *, vaccel_log_level_t, const char *,
         bool, bool)
FUNCTION(config_from_env, int, struct vaccel_config **)
FUNCTION(config_from, int, struct vaccel_config **, struct vaccel_config *)
FUNCTION(config_delete, int, struct vaccel_config *)
FUNCTION(config_print_debug, void, struct vaccel_config *)
FUNCTION(bootstrap, int, void)
FUNCTION(bootstrap_with_config, int, struct vaccel_config *)
FUNCTION(cleanup, int, void)
FUNCTION(is_initialized, bool, void)
FUNCTION(rundir, const char *, void)
FUNCTION(config, const struct vaccel_config *, void)
FUNCTION(blob_persist, int, struct vaccel_blob *, const char *, const char *, bool)
FUNCTION(blob_init, int, struct vaccel_blob *, const char *)
FUNCTION(blob_init_from_buf, int, struct vaccel_blob *, const uint8_t *, size_t, bool, const char *,
         const char *, bool)
FUNCTION(blob_release, int, struct vaccel_blob *)
FUNCTION(blob_new, int, struct vaccel_blob **, const char *)
FUNCTION(blob_from_buf, int, struct vaccel_blob **, const uint8_t *, size_t, bool, const char *,
         const char *, bool)
FUNCTION(blob_delete, int, struct vaccel_blob *)
FUNCTION(blob_read, int, struct vaccel_blob *)
FUNCTION(blob_data, uint8_t *, struct vaccel_blob *, size_t *)
FUNCTION(blob_path, const char *, struct vaccel_blob *)
FUNCTION(blob_valid, bool, const struct vaccel_blob *)
FUNCTION(resource_get_by_id, int, struct vaccel_resource **, vaccel_id_t)
FUNCTION(resource_get_by_type, int, struct vaccel_resource **, vaccel_resource_type_t)
FUNCTION(resource_get_all_by_type, int, struct vaccel_resource ***, size_t *,
         vaccel_resource_type_t)
FUNCTION(resource_refcount, long, const struct vaccel_resource *)
FUNCTION(resource_init, int, struct vaccel_resource *, const char *, vaccel_resource_type_t)
FUNCTION(resource_init_multi, int, struct vaccel_resource *, const char **, size_t,
         vaccel_resource_type_t)
FUNCTION(resource_init_from_buf, int, struct vaccel_resource *, const void *, size_t,
         vaccel_resource_type_t, const char *, bool)
FUNCTION(resource_init_from_blobs, int, struct vaccel_resource *, const struct vaccel_blob **,
         size_t, vaccel_resource_type_t)
FUNCTION(resource_release, int, struct vaccel_resource *)
FUNCTION(resource_new, int, struct vaccel_resource **, const char *, vaccel_resource_type_t)
FUNCTION(resource_multi_new, int, struct vaccel_resource **, const char **, size_t,
         vaccel_resource_type_t)
FUNCTION(resource_from_buf, int, struct vaccel_resource **, const void *, size_t,
         vaccel_resource_type_t, const char *, bool)
FUNCTION(resource_from_blobs, int, struct vaccel_resource **, const struct vaccel_blob **, size_t,
         vaccel_resource_type_t)
FUNCTION(resource_delete, int, struct vaccel_resource *)
FUNCTION(resource_register, int, struct vaccel_resource *, struct vaccel_session *)
FUNCTION(resource_unregister, int, struct vaccel_resource *, struct vaccel_session *)
FUNCTION(resource_sync, int, struct vaccel_resource *, struct vaccel_session *)
FUNCTION(resource_directory, int, struct vaccel_resource *, char *, size_t, char **)
FUNCTION(session_get_by_id, int, struct vaccel_session **, vaccel_id_t)
FUNCTION(session_init, int, struct vaccel_session *, uint32_t)
FUNCTION(session_release, int, struct vaccel_session *)
FUNCTION(session_new, int, struct vaccel_session **, uint32_t)
FUNCTION(session_delete, int, struct vaccel_session *)
FUNCTION(session_has_resource, bool, struct vaccel_session *, struct vaccel_resource *)
FUNCTION(session_resource_by_id, int, struct vaccel_session *, struct vaccel_resource **,
         vaccel_id_t)
FUNCTION(session_resource_by_type, int, struct vaccel_session *, struct vaccel_resource **,
         vaccel_resource_type_t)
FUNCTION(session_resources_by_type, int, struct vaccel_session *, struct vaccel_resource ***,
         size_t *, vaccel_resource_type_t)
FUNCTION(session_update, int, struct vaccel_session *, uint32_t)
FUNCTION(sess_init, int, struct vaccel_session *, uint32_t)
FUNCTION(sess_update, int, struct vaccel_session *, uint32_t)
FUNCTION(sess_free, int, struct vaccel_session *)
FUNCTION(sess_has_resource, bool, struct vaccel_session *, struct vaccel_resource *)
FUNCTION(sgemm, int, struct vaccel_session *, int64_t, int64_t, int64_t, float, float *, int64_t,
         float *, int64_t, float, float *, int64_t)
FUNCTION(exec, int, struct vaccel_session *, const char *, const char *, struct vaccel_arg *,
         size_t, struct vaccel_arg *, size_t)
FUNCTION(exec_with_resource, int, struct vaccel_session *, struct vaccel_resource *, const char *,
         struct vaccel_arg *, size_t, struct vaccel_arg *, size_t)
FUNCTION(fpga_arraycopy, int, struct vaccel_session *, int[], int[], size_t)
FUNCTION(fpga_mmult, int, struct vaccel_session *, float[], float[], float[], size_t)
FUNCTION(fpga_parallel, int, struct vaccel_session *, float[], float[], float[], float[], size_t)
FUNCTION(fpga_vadd, int, struct vaccel_session *, float[], float[], float[], size_t, size_t)
FUNCTION(genop, int, struct vaccel_session *, struct vaccel_arg *, int, struct vaccel_arg *, int)
FUNCTION(image_classification, int, struct vaccel_session *, const void *, unsigned char *,
         unsigned char *, size_t, size_t, size_t)
FUNCTION(image_detection, int, struct vaccel_session *, const void *, unsigned char *, size_t,
         size_t)
FUNCTION(image_segmentation, int, struct vaccel_session *, const void *, unsigned char *, size_t,
         size_t)
FUNCTION(image_pose, int, struct vaccel_session *, const void *, unsigned char *, size_t, size_t)
FUNCTION(image_depth, int, struct vaccel_session *, const void *, unsigned char *, size_t, size_t)
FUNCTION(minmax, int, struct vaccel_session *, const double *, int, int, int, double *, double *,
         double *)
FUNCTION(noop, int, struct vaccel_session *)
FUNCTION(opencv_unpack, int, struct vaccel_session *, struct vaccel_arg *, int, struct vaccel_arg *,
         int)
FUNCTION(tf_buffer_init, int, struct vaccel_tf_buffer *, void *, size_t)
FUNCTION(tf_buffer_release, int, struct vaccel_tf_buffer *)
FUNCTION(tf_buffer_new, int, struct vaccel_tf_buffer **, void *, size_t)
FUNCTION(tf_buffer_delete, int, struct vaccel_tf_buffer *)
FUNCTION(tf_buffer_take_data, int, struct vaccel_tf_buffer *, void **, size_t *)
FUNCTION(tf_node_init, int, struct vaccel_tf_node *, const char *, int)
FUNCTION(tf_node_release, int, struct vaccel_tf_node *)
FUNCTION(tf_node_new, int, struct vaccel_tf_node **, const char *, int)
FUNCTION(tf_node_delete, int, struct vaccel_tf_node *)
FUNCTION(tf_tensor_init, int, struct vaccel_tf_tensor *, int, const int64_t *,
         enum vaccel_tf_data_type)
FUNCTION(tf_tensor_release, int, struct vaccel_tf_tensor *)
FUNCTION(tf_tensor_new, int, struct vaccel_tf_tensor **, int, const int64_t *,
         enum vaccel_tf_data_type)
FUNCTION(tf_tensor_allocate, int, struct vaccel_tf_tensor **, int, const int64_t *,
         enum vaccel_tf_data_type, size_t)
FUNCTION(tf_tensor_delete, int, struct vaccel_tf_tensor *)
FUNCTION(tf_tensor_set_data, int, struct vaccel_tf_tensor *, void *, size_t)
FUNCTION(tf_tensor_take_data, int, struct vaccel_tf_tensor *, void **, size_t *)
FUNCTION(tf_status_init, int, struct vaccel_tf_status *, uint8_t, const char *)
FUNCTION(tf_status_release, int, struct vaccel_tf_status *)
FUNCTION(tf_status_new, int, struct vaccel_tf_status **, uint8_t, const char *)
FUNCTION(tf_status_delete, int, struct vaccel_tf_status *)
FUNCTION(tf_model_load, int, struct vaccel_session *, struct vaccel_resource *,
         struct vaccel_tf_status *)
FUNCTION(tf_model_run, int, struct vaccel_session *, struct vaccel_resource *,
         const struct vaccel_tf_buffer *, const struct vaccel_tf_node *,
         struct vaccel_tf_tensor *const *, int, const struct vaccel_tf_node *,
         struct vaccel_tf_tensor **, int, struct vaccel_tf_status *)
FUNCTION(tf_model_unload, int, struct vaccel_session *, struct vaccel_resource *,
         struct vaccel_tf_status *)
FUNCTION(tflite_tensor_init, int, struct vaccel_tflite_tensor *, int, const int32_t *,
         enum vaccel_tflite_data_type)
FUNCTION(tflite_tensor_release, int, struct vaccel_tflite_tensor *)
FUNCTION(tflite_tensor_new, int, struct vaccel_tflite_tensor **, int, const int32_t *,
         enum vaccel_tflite_data_type)
FUNCTION(tflite_tensor_allocate, int, struct vaccel_tflite_tensor **, int, const int32_t *,
         enum vaccel_tflite_data_type, size_t)
FUNCTION(tflite_tensor_delete, int, struct vaccel_tflite_tensor *)
FUNCTION(tflite_tensor_set_data, int, struct vaccel_tflite_tensor *, void *, size_t)
FUNCTION(tflite_tensor_take_data, int, struct vaccel_tflite_tensor *, void **, size_t *)
FUNCTION(tflite_model_load, int, struct vaccel_session *, struct vaccel_resource *)
FUNCTION(tflite_model_run, int, struct vaccel_session *, struct vaccel_resource *,
         struct vaccel_tflite_tensor *const *, int, struct vaccel_tflite_tensor **, int, uint8_t *)
FUNCTION(tflite_model_unload, int, struct vaccel_session *, struct vaccel_resource *)
FUNCTION(torch_buffer_init, int, struct vaccel_torch_buffer *, char *, size_t)
FUNCTION(torch_buffer_release, int, struct vaccel_torch_buffer *)
FUNCTION(torch_buffer_new, int, struct vaccel_torch_buffer **, char *, size_t)
FUNCTION(torch_buffer_delete, int, struct vaccel_torch_buffer *)
FUNCTION(torch_buffer_take_data, int, struct vaccel_torch_buffer *, void **, size_t *)
FUNCTION(torch_tensor_init, int, struct vaccel_torch_tensor *, int64_t, const int64_t *,
         enum vaccel_torch_data_type)
FUNCTION(torch_tensor_release, int, struct vaccel_torch_tensor *)
FUNCTION(torch_tensor_new, int, struct vaccel_torch_tensor **, int64_t, const int64_t *,
         enum vaccel_torch_data_type)
FUNCTION(torch_tensor_allocate, int, struct vaccel_torch_tensor **, int64_t, const int64_t *,
         enum vaccel_torch_data_type, size_t)
FUNCTION(torch_tensor_delete, int, struct vaccel_torch_tensor *)
FUNCTION(torch_tensor_set_data, int, struct vaccel_torch_tensor *, void *, size_t)
FUNCTION(torch_tensor_take_data, int, struct vaccel_torch_tensor *, void **, size_t *)
FUNCTION(torch_model_load, int, struct vaccel_session *, struct vaccel_resource *)
FUNCTION(torch_model_run, int, struct vaccel_session *, struct vaccel_resource *,
         const struct vaccel_torch_buffer *, struct vaccel_torch_tensor *const *, int,
         struct vaccel_torch_tensor **, int)
FUNCTION(torch_sgemm, int, struct vaccel_session *, struct vaccel_torch_tensor **,
         struct vaccel_torch_tensor **, struct vaccel_torch_tensor **, int, int, int,
         struct vaccel_torch_tensor **)
FUNCTION(plugin_register_ops, int, struct vaccel_op *, size_t)
FUNCTION(plugin_load, int, const char *)
FUNCTION(plugin_parse_and_load, int, const char *)
FUNCTION(prof_enabled, bool, void)
FUNCTION(prof_region_start, int, struct vaccel_prof_region *)
FUNCTION(prof_region_stop, int, const struct vaccel_prof_region *)
FUNCTION(prof_region_print, int, const struct vaccel_prof_region *)
FUNCTION(prof_region_init, int, struct vaccel_prof_region *, const char *)
FUNCTION(prof_region_release, int, struct vaccel_prof_region *)
FUNCTION(prof_regions_start_by_name, int, struct vaccel_prof_region *, int, const char *)
FUNCTION(prof_regions_stop_by_name, int, struct vaccel_prof_region *, int, const char *)
FUNCTION(prof_regions_init, int, struct vaccel_prof_region *, int)
FUNCTION(prof_regions_release, int, struct vaccel_prof_region *, int)
FUNCTION(prof_regions_print_all, int, struct vaccel_prof_region *, int)
FUNCTION(prof_regions_print_all_to_buf, int, char **, size_t, struct vaccel_prof_region *, int)

/* For each of the numeric types. */
#define NUMERIC(name, c_type, scalar, array) \
    FUNCTION(arg_array_add_##name, int, struct vaccel_arg_array *, c_type *) \
    FUNCTION(arg_array_add_##name##_array, int, struct vaccel_arg_array *, c_type *, size_t) \
    FUNCTION(arg_array_get_##name, int, struct vaccel_arg_array *, c_type *) \
    FUNCTION(arg_array_get_##name##_array, int, struct vaccel_arg_array *, c_type **, size_t *) \
    FUNCTION(arg_array_set_##name, int, struct vaccel_arg_array *, c_type *) \
    FUNCTION(arg_array_set_##name##_array, int, struct vaccel_arg_array *, c_type *, size_t)
VACCEL_ARG_NUMERIC_TYPES(NUMERIC)
