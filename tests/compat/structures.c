/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of the structures of vAccel 0.8 by their types, in their order. What differs does not
 * compile. Fields of the library's own may stand between and behind them.
 */
#include <vaccel.h>

typedef char path[4096];
typedef struct vaccel_op *ops[VACCEL_OP_MAX];
typedef int (*hook)(void);
typedef int (*session_hook)(struct vaccel_session *);
typedef int (*flags_hook)(struct vaccel_session *, uint32_t);
typedef int (*resource_hook)(struct vaccel_resource *, struct vaccel_session *);

#define HAS(structure, field, type) \
    _Static_assert(_Generic(&((struct vaccel_##structure *)0)->field, type * : 1), #field);
#define FIRST(structure, field, type) \
    HAS(structure, field, type) \
    _Static_assert(offsetof(struct vaccel_##structure, field) == 0, #field);
#define NEXT(structure, before, field, type) \
    HAS(structure, field, type) \
    _Static_assert(offsetof(struct vaccel_##structure, before) < \
                       offsetof(struct vaccel_##structure, field), \
                   #field);

FIRST(arg, buf, void *)
NEXT(arg, buf, size, size_t)
NEXT(arg, size, type, vaccel_arg_type_t)
NEXT(arg, type, custom_type_id, uint32_t)
NEXT(arg, custom_type_id, owned, bool)

FIRST(arg_array, args, struct vaccel_arg *)
NEXT(arg_array, args, count, size_t)
NEXT(arg_array, count, capacity, size_t)
NEXT(arg_array, capacity, position, size_t)
NEXT(arg_array, position, owned, bool)

FIRST(arg_list, size, uint32_t)
NEXT(arg_list, size, list, struct vaccel_arg *)
NEXT(arg_list, list, curr_idx, int)
NEXT(arg_list, curr_idx, idcs_allocated_space, int *)

FIRST(config, plugins, char *)
NEXT(config, plugins, log_level, vaccel_log_level_t)
NEXT(config, log_level, log_file, char *)
NEXT(config, log_file, profiling_enabled, bool)
NEXT(config, profiling_enabled, version_ignore, bool)

FIRST(session, id, vaccel_id_t)
NEXT(session, id, remote_id, vaccel_id_t)
NEXT(session, remote_id, hint, unsigned int)
NEXT(session, hint, is_virtio, bool)
NEXT(session, is_virtio, rundir, path)
NEXT(session, rundir, plugin, struct vaccel_plugin *)
NEXT(session, plugin, priv, void *)

FIRST(resource, id, vaccel_id_t)
NEXT(resource, id, remote_id, vaccel_id_t)
NEXT(resource, remote_id, type, vaccel_resource_type_t)
NEXT(resource, type, path_type, vaccel_path_type_t)
NEXT(resource, path_type, paths, char **)
NEXT(resource, paths, nr_paths, size_t)
NEXT(resource, nr_paths, rundir, char *)
NEXT(resource, rundir, blobs, struct vaccel_blob **)
NEXT(resource, blobs, nr_blobs, size_t)
NEXT(resource, nr_blobs, plugin_priv, void *)

FIRST(blob, type, vaccel_blob_type_t)
NEXT(blob, type, name, char *)
NEXT(blob, name, path, char *)
NEXT(blob, path, path_owned, bool)
NEXT(blob, path_owned, data, uint8_t *)
NEXT(blob, data, data_owned, bool)
NEXT(blob, data_owned, size, size_t)

FIRST(op, type, vaccel_op_type_t)
NEXT(op, type, func, void *)
NEXT(op, func, owner, struct vaccel_plugin *)

FIRST(plugin_info, name, const char *)
NEXT(plugin_info, name, version, const char *)
NEXT(plugin_info, version, vaccel_version, const char *)
NEXT(plugin_info, vaccel_version, init, hook)
NEXT(plugin_info, init, fini, hook)
NEXT(plugin_info, fini, is_virtio, bool)
NEXT(plugin_info, is_virtio, type, vaccel_plugin_type_t)
NEXT(plugin_info, type, session_init, flags_hook)
NEXT(plugin_info, session_init, session_release, session_hook)
NEXT(plugin_info, session_release, session_update, flags_hook)
NEXT(plugin_info, session_update, resource_register, resource_hook)
NEXT(plugin_info, resource_register, resource_unregister, resource_hook)
NEXT(plugin_info, resource_unregister, resource_sync, resource_hook)

FIRST(plugin, dl_handle, void *)
NEXT(plugin, dl_handle, entry, struct vaccel_list_entry)
NEXT(plugin, entry, ops, ops)
NEXT(plugin, ops, info, struct vaccel_plugin_info *)

FIRST(list_entry, next, struct vaccel_list_entry *)
NEXT(list_entry, next, prev, struct vaccel_list_entry *)

FIRST(prof_sample, start, uint64_t)
NEXT(prof_sample, start, time, uint64_t)

FIRST(prof_region, name, const char *)
NEXT(prof_region, name, name_owned, bool)
NEXT(prof_region, name_owned, nr_entries, size_t)
NEXT(prof_region, nr_entries, samples, struct vaccel_prof_sample *)
NEXT(prof_region, samples, size, size_t)

FIRST(tf_buffer, data, void *)
NEXT(tf_buffer, data, size, size_t)

FIRST(tf_node, name, char *)
NEXT(tf_node, name, id, int)

FIRST(tf_tensor, data, void *)
NEXT(tf_tensor, data, size, size_t)
NEXT(tf_tensor, size, owned, bool)
NEXT(tf_tensor, owned, nr_dims, int)
NEXT(tf_tensor, nr_dims, dims, int64_t *)
NEXT(tf_tensor, dims, data_type, enum vaccel_tf_data_type)

FIRST(tf_status, code, uint8_t)
NEXT(tf_status, code, message, char *)

FIRST(tflite_tensor, data, void *)
NEXT(tflite_tensor, data, size, size_t)
NEXT(tflite_tensor, size, owned, bool)
NEXT(tflite_tensor, owned, nr_dims, int)
NEXT(tflite_tensor, nr_dims, dims, int32_t *)
NEXT(tflite_tensor, dims, data_type, enum vaccel_tflite_data_type)

FIRST(torch_buffer, data, char *)
NEXT(torch_buffer, data, size, size_t)

FIRST(torch_tensor, data, void *)
NEXT(torch_tensor, data, size, size_t)
NEXT(torch_tensor, size, owned, bool)
NEXT(torch_tensor, owned, nr_dims, int64_t)
NEXT(torch_tensor, nr_dims, dims, int64_t *)
NEXT(torch_tensor, dims, data_type, enum vaccel_torch_data_type)
