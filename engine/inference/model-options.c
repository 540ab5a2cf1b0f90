/* SPDX-License-Identifier: MIT */
/* How a network was converted, as a part of a model's content and back. */
#include "config.h"

#include "inference/model-content-private.h"

#include "number/error.h"

GVariant *
fxp_model_pack_options (const FxpConversionOptions *options)
{
  const FxpClusterOptions *clusters = &options->clusters;

  return g_variant_new (FXP_MODEL_OPTIONS_TYPE,
                        fxp_cluster_method_get_nick (clusters->method),
                        clusters->bits,
                        fxp_granularity_get_nick (clusters->granularity),
                        clusters->size,
                        clusters->terms,
                        clusters->asymmetric,
                        fxp_last_weights_get_nick (options->last),
                        options->activation_bits,
                        options->is_unsigned,
                        fxp_scaling_get_nick (options->scaling),
                        fxp_exponents_get_nick (options->exponents),
                        options->calibration_batches,
                        options->calibration_size);
}

gboolean
fxp_model_unpack_options (const FxpModelReading *reading,
                          GVariant *part,
                          FxpConversionOptions *options,
                          GError **error)
{
  FxpClusterOptions *clusters = &options->clusters;
  const char *method, *granularity, *last, *scaling, *exponents;
  GError *cause = NULL;

  fxp_conversion_options_init (options);
  g_variant_get (part,
                 "(&su&suub&sub&s&suu)",
                 &method,
                 &clusters->bits,
                 &granularity,
                 &clusters->size,
                 &clusters->terms,
                 &clusters->asymmetric,
                 &last,
                 &options->activation_bits,
                 &options->is_unsigned,
                 &scaling,
                 &exponents,
                 &options->calibration_batches,
                 &options->calibration_size);
  if (fxp_cluster_method_parse (method, &clusters->method, &cause) &&
      fxp_granularity_parse (granularity, &clusters->granularity, &cause) &&
      fxp_last_weights_parse (last, &options->last, &cause) &&
      fxp_scaling_parse (scaling, &options->scaling, &cause) &&
      fxp_exponents_parse (exponents, &options->exponents, &cause) &&
      fxp_conversion_options_validate (options, &cause))
    return TRUE;
  fxp_model_reading_fail_with (reading, part, cause, error);
  return FALSE;
}
