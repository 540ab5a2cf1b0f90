/* SPDX-License-Identifier: MIT */
/* The engine's front door: all that ui/ and app/ may include. */
#pragma once

#include "number/error.h"
#include "number/format.h"
#include "number/library.h"
#include "number/quantizer.h"
#include "number/statistics.h"
#include "tensor/shape.h"
#include "tensor/sum-register.h"
#include "dataset/dataset.h"
#include "experiment/experiment.h"
#include "experiment/precision.h"
#include "experiment/topology.h"
#include "training/bench.h"
#include "training/checkpoint.h"
#include "training/new-file.h"
#include "training/run-log.h"
#include "training/snapshot.h"
#include "training/trainer.h"
#include "training/workload.h"
#include "export/csv.h"
#include "export/npz.h"
