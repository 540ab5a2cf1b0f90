/* SPDX-License-Identifier: MIT */
/* What the files of the network diagram share, and nobody else includes. */
#pragma once

#include "precision/network-diagram.h"

G_BEGIN_DECLS

#define FXU_BOX_STRIPS_MAX 6

/* The network's input where a box is meant. */
#define FXU_BOX_INPUT (-1)

typedef struct
{
  FxpLayerKind kind;
  char *name;  /* "conv1"; of pooling "max 2²" */
  char *brief; /* "16 × 3² /2", or NULL */
  FxpLayerSize size;
  guint weighted;         /* or FXP_TOPOLOGY_NONE */
  gboolean is_projection; /* stands on the way around a block */
  guint n_strips;
  char *strips[FXU_BOX_STRIPS_MAX]; /* what follows, in order */
  FxuVerdict verdict;               /* the worst of its tensors' */
  double x, width;                  /* as laid out */
} FxuBox;

/* The way around a block. */
typedef struct
{
  int from;       /* box the block takes its input from, or FXU_BOX_INPUT */
  int to;         /* box that ends it */
  int projection; /* box on the way, or FXU_BOX_INPUT if there is none */
} FxuDetour;

struct _FxuNetworkDiagram
{
  GArray *boxes;   /* of FxuBox, in order */
  GArray *detours; /* of FxuDetour */
  FxpShape input;
  guint64 n_multiplies, n_parameters;
  guint n_strips; /* of the box with the most */
  gboolean has_projections;
  guint selected; /* layer with weights */
  double width;   /* of all of it */
};

/* 3600000 as "3.6 M". */
char *fxu_network_diagram_count_to_string (guint64 count) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
