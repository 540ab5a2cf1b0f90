/* SPDX-License-Identifier: MIT */
/* What the parts of the simulated engine share: the values between nodes, and one file per kind of
 * node that forms them. */
#pragma once

#ifndef FXP_COMPILATION
#  error "simulation-state-private.h is for engine/ and tests/ only"
#endif

#include "inference/simulation-private.h"
#include "number/scaler.h"
#include "tensor/team-private.h"

#include <math.h>

G_BEGIN_DECLS

/* The output of a node, or the input. */
typedef struct
{
  double *values; /* owned; n_reserved x height x width x n_channels */
  gsize n_features;
  gsize n_channels, height, width;
  FxpFormat format; /* with the exponent of the run */
  FxpScaler scaler; /* of predictive exponents */
} FxpSimulatedOutput;

struct _FxpSimulation
{
  FxpModel *model; /* owned */
  FxpTeam *team;   /* borrowed, or NULL */
  FxpActivation activation;
  gsize n, n_reserved;         /* samples of the run, and of the memory */
  FxpSimulatedOutput *outputs; /* owned; the input's, then the nodes' */
  double **weights;            /* owned; per node, as fxp_simulation_decode_weights() has them */
  GCancellable *cancellable;   /* borrowed; of the run under way */

  /* The float network, in place of all that. */
  FxpNetwork *network; /* owned */
  FxpScratch *scratch; /* owned */
  FxpTeam *lone_team;  /* owned; where the caller has none */
};

static inline FxpSimulatedOutput *
fxp_simulation_get_output (const FxpSimulation *self, int node)
{
  return &self->outputs[node + 1];
}

/* [x] for any finite x: x + 1/2 would round. */
static inline double
fxp_simulation_round (double x)
{
  double below = floor (x);

  return x - below >= 0.5 ? below + 1.0 : below;
}

/* A product whose sums of clusters are reduced, in one run. */
typedef struct
{
  const FxpNode *node;
  const FxpSimulatedOutput *in;
  guint32 *clusters; /* owned; which of its unit's each weight of a unit belongs to */
  gsize n_clusters;  /* of a unit */
  guint reduction;   /* R */
  double step;       /* of reduced sums */
} FxpSimulatedReduction;

void fxp_simulated_reduction_init (FxpSimulatedReduction *self,
                                   const FxpSimulation *simulation,
                                   const FxpNode *node);
void fxp_simulated_reduction_clear (FxpSimulatedReduction *self);
/* Adds to acc of all units at one place of the output. */
void fxp_simulated_reduction_form (const FxpSimulatedReduction *self,
                                   const double *image,
                                   gsize row,
                                   gsize column,
                                   double *acc);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FxpSimulatedReduction, fxp_simulated_reduction_clear)

/* Where input @i of a dense layer, counted channels first, lies channels-last. */
gsize fxp_simulation_turn_input (const FxpShape *shape, gsize i);

/* act (y), y a multiple of @step, as its limits are. */
double fxp_simulation_activate (FxpActivation activation, double y, double step);

/* Weights of a product as values: per kernel pixel (of the image that a dense layer sees, one by
 * one), per channel of it, the units side by side. */
double *fxp_simulation_decode_weights (const FxpNode *node) G_GNUC_WARN_UNUSED_RESULT;

/* Forms z, or the logits, of a product; z of a sum; codes of a maximum; S / 1 of a mean: the sums.
 * Returns the exponent of their grid. */
int fxp_simulation_form_product (FxpSimulation *self, int node);
int fxp_simulation_form_maximum (FxpSimulation *self, int node);
int fxp_simulation_form_mean (FxpSimulation *self, int node);
int fxp_simulation_form_sum (FxpSimulation *self, int node);
/* Pixels that a value of a mean is of. */
gsize fxp_simulation_count_pixels (const FxpNode *node);

/* The float network with what was learnt; then its logits. */
gboolean fxp_simulation_make_network (FxpSimulation *self, GError **error);
gboolean fxp_simulation_run_network (FxpSimulation *self, const double *inputs, gsize n);

G_END_DECLS
