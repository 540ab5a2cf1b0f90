/* SPDX-License-Identifier: MIT */
/* Which tensor has which number format: the precision matrix as a value. */
#pragma once

#include "number/quantizer.h"
#include "number/scaling.h"
#include "tensor/sum-register.h"

G_BEGIN_DECLS

/* The columns of the precision matrix. */
typedef enum
{
  FXP_ROLE_WEIGHT,          /* W     weights, used forward and backward */
  FXP_ROLE_ACTIVATION,      /* A     activations entering the layer */
  FXP_ROLE_WEIGHT_GRAD,     /* G_W   gradient of the weights */
  FXP_ROLE_ACTIVATION_GRAD, /* G_A   gradient at the layer's output, entering it from above */
  FXP_ROLE_WEIGHT_ACC,      /* W_acc what rounding the weights left over */
  FXP_ROLE_BIAS,            /* b     biases; float unless asked, as all that follow */
  FXP_ROLE_NORM,            /* Z     normalized values, before gamma and beta */
  FXP_ROLE_GAMMA,           /* gamma scale of batch normalization */
  FXP_ROLE_BETA,            /* beta  shift of batch normalization */
  FXP_ROLE_NORM_GRAD,       /* G_Z   gradient behind batch normalization, at the sums */
  FXP_ROLE_MOMENTUM,        /* V     what updates have gathered; only with momentum */
  FXP_N_ROLES
} FxpRole;

/* One tensor of one layer: a cell of the precision matrix.  Layers with weights count from 0. */
typedef struct
{
  guint16 layer;
  guint16 role; /* FxpRole */
} FxpTensorId;

/* One row of the matrix. */
typedef struct
{
  FxpQuantizer quantizers[FXP_N_ROLES];
  /* Keys precision.LAYER.ROLE.scaling, default fixed: how the binary point of the cell's format moves
   * while a run trains (dynamic fixed point); the format says where it begins. */
  FxpScaling scalings[FXP_N_ROLES];
  FxpSumRegister sum; /* of the three products of this layer */
} FxpLayerPrecision;

/* "weight", "activation", "weight-grad", "activation-grad", "weight-acc", "bias", "norm", "gamma",
 * "beta", "norm-grad", "momentum" */
const char *fxp_role_get_nick (FxpRole self);
/* "W", "A", "G_W", "G_A", "W_acc", "b", "Z", "γ", "β", "G_Z", "V" */
const char *fxp_role_get_symbol (FxpRole self);
gboolean fxp_role_parse (const char *text, FxpRole *role, GError **error);
gboolean fxp_layer_precision_equal (const FxpLayerPrecision *a, const FxpLayerPrecision *b);

G_END_DECLS
