/* SPDX-License-Identifier: MIT */
/* fxp_statistics_add(), once per vector unit, all with the same bits. */
#pragma once

#ifndef FXP_COMPILATION
#  error "statistics-kernel-private.h is for engine/number/ only"
#endif

#include "number/statistics.h"

G_BEGIN_DECLS

typedef void FxpStatisticsAdd (FxpStatistics *self,
                               FxpFormat format,
                               const double *values,
                               const void *codes,
                               gsize n);

FxpStatisticsAdd fxp_statistics_add_plain;
FxpStatisticsAdd fxp_statistics_add_avx2;
FxpStatisticsAdd fxp_statistics_add_avx512;

G_END_DECLS
