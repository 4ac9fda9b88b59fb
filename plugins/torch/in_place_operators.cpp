/* SPDX-License-Identifier: Apache-2.0 */
#include "in_place_operators.hpp"

#include <string>
#include <string_view>

namespace torchscript
{

namespace
{

/* Words with spaces around them. Each stands for all overloads, and for the operator with _ behind it. */

constexpr std::string_view of_each_element =
    " abs acos acosh add addcdiv addcmul alpha_dropout angle asin asinh atan atan2 atanh"
    " bernoulli bitwise_and bitwise_not bitwise_or bitwise_xor ceil celu clamp clamp_max"
    " clamp_min clip complex conj copy copysign cos cosh deg2rad div divide dropout elu eq erf"
    " erfc erfinv exp exp2 expm1 feature_dropout fill floor floor_divide fmod frac ge gelu glu gt"
    " hardshrink hardsigmoid hardswish hardtanh imag isclose isfinite isinf isnan le leaky_relu"
    " lerp log log10 log1p log2 log_sigmoid logaddexp logical_and logical_not logical_or"
    " logical_xor logit lt masked_fill maximum minimum mish mul multiply nan_to_num ne neg"
    " negative polar pow prelu rad2deg real reciprocal relu relu6 remainder resolve_conj"
    " resolve_neg round rsqrt rsub selu sigmoid sign silu sin sinh softplus softshrink sqrt"
    " square sub subtract tan tanh threshold trunc where xlogy zero ";

/* Of a maximum's place, what was found is where the loop was, be it still the maximum or not. */
constexpr std::string_view over_elements =
    " all amax amin aminmax any argmax argmin cosine_similarity cumprod cumsum frobenius_norm"
    " linalg_vector_norm log_softmax logsumexp max mean min nanmean nansum norm prod softmax std"
    " std_mean sum var var_mean ";

constexpr std::string_view of_layers =
    " _convolution _convolution_mode adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d"
    " adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d addbmm addmm addmv addr"
    " avg_pool1d avg_pool2d avg_pool3d baddbmm batch_norm bilinear bmm conv1d conv2d conv3d"
    " conv_transpose1d conv_transpose2d conv_transpose3d convolution dot einsum embedding fft_fft"
    " fft_ifft fft_irfft fft_rfft group_norm gru gru_cell inner instance_norm layer_norm linear"
    " lstm lstm_cell matmul max_pool1d max_pool1d_with_indices max_pool2d max_pool2d_with_indices"
    " max_pool3d max_pool3d_with_indices mm mv native_batch_norm native_group_norm"
    " native_layer_norm outer rnn_relu rnn_relu_cell rnn_tanh rnn_tanh_cell"
    " scaled_dot_product_attention stft tensordot ";

/* Those that look up take the places from integers, and from bools, which are never shared. */
constexpr std::string_view of_shapes =
    " T __interpolate _upsample_bicubic2d_aa _upsample_bilinear2d_aa _upsample_nearest_exact1d"
    " _upsample_nearest_exact2d _upsample_nearest_exact3d alias broadcast_tensors broadcast_to"
    " cat channel_shuffle chunk clone col2im concat constant_pad_nd contiguous detach diagonal"
    " dstack expand expand_as flatten flip gather hstack im2col index index_select mT meshgrid"
    " movedim narrow numpy_T pad permute pixel_shuffle pixel_unshuffle ravel reflection_pad1d"
    " reflection_pad2d reflection_pad3d repeat replication_pad1d replication_pad2d"
    " replication_pad3d reshape reshape_as roll rot90 select slice split split_with_sizes squeeze"
    " stack swapaxes swapdims t tile to transpose tril triu type_as unbind unflatten unfold"
    " unsqueeze upsample_bicubic2d upsample_bilinear2d upsample_linear1d upsample_nearest1d"
    " upsample_nearest2d upsample_nearest3d upsample_trilinear3d view view_as view_as_complex"
    " view_as_real vstack ";

constexpr std::string_view that_make_tensors =
    " arange empty empty_like eye full full_like linspace new_empty new_full new_ones new_zeros"
    " ones ones_like rand rand_like randn randn_like scalar_tensor tensor zeros zeros_like ";

/* An element that becomes a number is read once. */
constexpr std::string_view of_numbers_and_lists =
    " Bool BoolImplicit Float FloatImplicit Int IntImplicit ScalarImplicit __and__ __contains__"
    " __derive_index __getitem__ __is__ __isnot__ __not__ __or__ __range_length __xor__ cpu dim"
    " double element_size find float floordiv format half int is_autocast_enabled is_complex"
    " is_contiguous is_floating_point is_grad_enabled is_nonzero item len list long ndimension"
    " numel size str stride warn ";

constexpr std::string_view of_the_language =
    " Constant DictConstruct GetAttr If ListConstruct ListUnpack Loop NumToTensor RaiseException"
    " TupleConstruct TupleIndex TupleSlice TupleUnpack Uninitialized annotate data device dtype"
    " is_cuda is_nested layout max min requires_grad shape unchecked_cast"
    " unchecked_unwrap_optional ";

bool has_word(std::string_view words, std::string_view word)
{
    return words.find(' ' + std::string(word) + ' ') != std::string_view::npos;
}

/* Of add_ add, but of __and__ itself. */
std::string_view not_in_place(std::string_view name)
{
    const size_t last = name.find_last_not_of('_');

    return last + 2 == name.size() ? name.substr(0, last + 1) : name;
}

/* Elements of another type that lie where floats do, and what counts elements. */
bool is_other_overload(const torch::jit::Node &node, std::string_view name)
{
    return (name == "view" && node.schema().overload_name() == "dtype") ||
           (name == "where" && node.inputs().size() == 1);
}

} // namespace

bool bears_changes(const torch::jit::Node &node)
{
    const std::string_view name = not_in_place(node.kind().toUnqualString());

    if (node.kind().is_prim())
        return has_word(of_the_language, name);
    if (!node.kind().is_aten() || is_other_overload(node, name))
        return false;
    return has_word(of_each_element, name) || has_word(over_elements, name) ||
           has_word(of_layers, name) || has_word(of_shapes, name) ||
           has_word(that_make_tensors, name) || has_word(of_numbers_and_lists, name);
}

} // namespace torchscript
