/* SPDX-License-Identifier: MIT */
/* Costs and other quantities as a table shows them: two decimals, or three digits where that is
 * more. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "725.81": 10^6 bits. */
char *fxa_quantity_format_megabits (double bits) G_GNUC_WARN_UNUSED_RESULT;
/* "804.54e9", "12.30e6", "512": counted things. */
char *fxa_quantity_format_count (double count) G_GNUC_WARN_UNUSED_RESULT;
/* "1.25 µJ" */
char *fxa_quantity_format_energy (double joule) G_GNUC_WARN_UNUSED_RESULT;
/* "2.46", of one quantity to another; a dash where there is none. */
char *fxa_quantity_format_ratio (double dividend, double divisor) G_GNUC_WARN_UNUSED_RESULT;
/* "7.42", a share in percent; a dash where it is not known. */
char *fxa_quantity_format_percent (double share) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
