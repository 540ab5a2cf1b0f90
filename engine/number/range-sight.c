/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/range-sight.h"

#include "number/vector-unit-private.h"

/* One loop per storage.  Counts of a piece fit into lanes as wide as the codes, so that all three
 * run side by side in vectors. */
#define SEE(Type, Magnitude, piece)                                                                \
  {                                                                                                \
    const Type *typed = codes;                                                                     \
    const Magnitude least_full = (Magnitude)full, least_half = (Magnitude)half;                    \
    Magnitude max = 0;                                                                             \
                                                                                                   \
    for (gsize begin = 0, end; begin < n; begin = end)                                             \
      {                                                                                            \
        Magnitude n_full = 0, n_half = 0;                                                          \
                                                                                                   \
        end = begin + MIN (n - begin, (gsize)(piece));                                             \
        for (gsize i = begin; i < end; i++)                                                        \
          {                                                                                        \
            const Magnitude magnitude =                                                            \
              (Magnitude)(typed[i] > 0 ? (Magnitude)typed[i] : -(Magnitude)typed[i]);              \
                                                                                                   \
            max = magnitude > max ? magnitude : max;                                               \
            n_full += magnitude >= least_full;                                                     \
            n_half += magnitude >= least_half;                                                     \
          }                                                                                        \
        self->n_full += n_full;                                                                    \
        self->n_half += n_half;                                                                    \
      }                                                                                            \
    self->max = max;                                                                               \
    break;                                                                                         \
  }

static FXP_ALWAYS_INLINE void
see (FxpRangeSight *self,
     FxpStorage storage,
     const void *codes,
     gsize n,
     guint32 full,
     guint32 half)
{
  switch (storage)
    {
    case FXP_STORAGE_I8:
      SEE (gint8, guint8, 128)
    case FXP_STORAGE_U8:
      SEE (guint8, guint8, 128)
    case FXP_STORAGE_I16:
      SEE (gint16, guint16, 1 << 15)
    case FXP_STORAGE_U16:
      SEE (guint16, guint16, 1 << 15)
    case FXP_STORAGE_I32:
      SEE (gint32, guint32, 1 << 30)
    case FXP_STORAGE_U32:
      SEE (guint32, guint32, 1 << 30)
    case FXP_STORAGE_F32:
      break;
    }
}

#undef SEE

#if FXP_HAVE_AVX2
static FXP_TARGET_AVX2 void
see_avx2 (FxpRangeSight *self,
          FxpStorage storage,
          const void *codes,
          gsize n,
          guint32 full,
          guint32 half)
{
  see (self, storage, codes, n, full, half);
}
#endif

FxpRangeSight
fxp_range_sight_of_codes (FxpFormat format, gconstpointer codes, gsize n)
{
  const FxpStorage storage = fxp_format_get_storage (format);
  FxpRangeSight self = {.n = n};
  guint32 full;

  if (fxp_format_is_float (format))
    return self;
  full = (guint32)MAX (fxp_format_get_max_code (format), 1);
#if FXP_HAVE_AVX2
  if (fxp_vector_unit_get () >= FXP_VECTOR_AVX2)
    {
      see_avx2 (&self, storage, codes, n, full, full / 2 + 1);
      return self;
    }
#endif
  see (&self, storage, codes, n, full, full / 2 + 1);
  return self;
}

void
fxp_range_sight_add (FxpRangeSight *self, const FxpRangeSight *other)
{
  self->n += other->n;
  self->n_full += other->n_full;
  self->n_half += other->n_half;
  self->n_underflowed += other->n_underflowed;
  self->max = MAX (self->max, other->max);
}
