/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "code-array.h"
#include "tensor/summation-private.h"

#define EXACT                                                                                      \
  {                                                                                                \
    FXP_SUM_EXACT, 64                                                                              \
  }
#define WRAP(n)                                                                                    \
  {                                                                                                \
    FXP_SUM_WRAP, n                                                                                \
  }
#define SATURATE(n)                                                                                \
  {                                                                                                \
    FXP_SUM_SATURATE, n                                                                            \
  }
#define SIGNED(n)                                                                                  \
  {                                                                                                \
    n, 4, TRUE                                                                                     \
  }
#define UNSIGNED(n)                                                                                \
  {                                                                                                \
    n, 7, FALSE                                                                                    \
  }
#define FLOAT                                                                                      \
  {                                                                                                \
    0, 0, TRUE                                                                                     \
  }
#define HALF_STRIP    (FXP_STRIP_COLUMNS / 2)
#define ROW_GAP_BYTES 4

/* What the formats prove. */
typedef struct
{
  FxpFormat a, b;
  gsize k;
  FxpSumRegister sum;
  gboolean works, splits, is_short;
  FxpElement element;
} Choice;

static const Choice choices[] = {
  {FLOAT, FLOAT, 100, SATURATE (8), TRUE, FALSE, FALSE, FXP_ELEMENT_F32},
  {FLOAT, SIGNED (32), 100, EXACT, TRUE, FALSE, FALSE, FXP_ELEMENT_F32},
  {UNSIGNED (17), FLOAT, 100, WRAP (8), TRUE, FALSE, FALSE, FXP_ELEMENT_F32},
  {SIGNED (17), SIGNED (8), 1, EXACT, FALSE, FALSE, FALSE, 0},
  {SIGNED (8), UNSIGNED (16), 1, EXACT, FALSE, FALSE, FALSE, 0},
  {SIGNED (16), UNSIGNED (15), 1, EXACT, TRUE, FALSE, TRUE, FXP_ELEMENT_I16},
  {SIGNED (8), SIGNED (8), 131071, EXACT, TRUE, FALSE, TRUE, FXP_ELEMENT_I8},
  {SIGNED (8), SIGNED (8), 131072, EXACT, TRUE, FALSE, FALSE, FXP_ELEMENT_I8},
  {UNSIGNED (7), SIGNED (2), 9, WRAP (3), TRUE, FALSE, TRUE, FXP_ELEMENT_I8},
  {UNSIGNED (8), SIGNED (8), 9, EXACT, TRUE, FALSE, TRUE, FXP_ELEMENT_I16},
  {SIGNED (12), SIGNED (12), 511, EXACT, TRUE, FALSE, TRUE, FXP_ELEMENT_I16},
  {SIGNED (12), SIGNED (12), 512, EXACT, TRUE, FALSE, FALSE, FXP_ELEMENT_I16},
  {SIGNED (16), SIGNED (16), 1, EXACT, TRUE, FALSE, TRUE, FXP_ELEMENT_I16},
  {SIGNED (16), SIGNED (16), 2, EXACT, TRUE, TRUE, FALSE, FXP_ELEMENT_I16},
  /* 2^14 * 4 is one more than 17 bits hold. */
  {SIGNED (8), SIGNED (8), 4, SATURATE (17), FALSE, FALSE, FALSE, 0},
  {SIGNED (8), SIGNED (8), 3, SATURATE (17), TRUE, FALSE, TRUE, FXP_ELEMENT_I8},
  {SIGNED (16), SIGNED (16), 1000, SATURATE (41), TRUE, TRUE, FALSE, FXP_ELEMENT_I16},
  {SIGNED (16), SIGNED (16), 1024, SATURATE (41), FALSE, FALSE, FALSE, 0},
};

/* @data: the vector unit. */
static void
test_choose (gconstpointer data)
{
  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_UINT (data));
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      const Choice *choice = &choices[i];
      FxpElement element = choice->element;
      FxpSummation summation;

      g_assert_cmpint (fxp_summation_choose (&summation,
                                             choice->a,
                                             choice->b,
                                             choice->k,
                                             &choice->sum),
                       ==,
                       choice->works);
      if (!choice->works)
        continue;
      if (element == FXP_ELEMENT_I8 && summation.kernels->sum[FXP_ELEMENT_I8] == NULL)
        element = FXP_ELEMENT_I16;
      g_assert_cmpint (summation.element, ==, element);
      g_assert_cmpint (summation.splits, ==, choice->splits);
      g_assert_cmpint (summation.is_short, ==, choice->is_short);
      g_assert_cmpuint (fxp_summation_get_n_parts (&summation), ==, choice->splits ? 2 : 1);
      g_assert_cmpuint (fxp_summation_get_size (&summation),
                        ==,
                        element == FXP_ELEMENT_F32 || choice->is_short ? 4 : 8);
    }
}

/* Sums to form: blocks of so many elements of rows of @a, with columns of @b. */
typedef struct
{
  FxpFormat a, b;
  CodeChoice a_codes, b_codes;
  gsize n_blocks, n_elements;
  gsize n_rows, n_columns;
} Form;

static const Form forms[] = {
  {SIGNED (8), SIGNED (8), CODES_RANDOM, CODES_RANDOM, 3, 7, 5, 32},
  {SIGNED (2), UNSIGNED (2), CODES_RANDOM, CODES_RANDOM, 1, 9, 49, 16},
  {SIGNED (8), SIGNED (8), CODES_LEAST, CODES_LEAST, 3, 50001, 1, 16},
  {SIGNED (8), SIGNED (8), CODES_LEAST, CODES_GREATEST, 140000, 1, 1, 16},
  {SIGNED (12), SIGNED (12), CODES_LEAST, CODES_LEAST, 2, 256, 3, 32},
  {SIGNED (12), SIGNED (12), CODES_LEAST, CODES_LEAST, 1, 1800, 7, 16},
  {SIGNED (12), SIGNED (12), CODES_RANDOM, CODES_RANDOM, 130, 11, 97, 32},
  {SIGNED (16), SIGNED (16), CODES_LEAST, CODES_LEAST, 9, 301, 4, 32},
  {SIGNED (16), SIGNED (16), CODES_LEAST, CODES_GREATEST, 1, 4000, 1, 16},
  {SIGNED (16), SIGNED (16), CODES_RANDOM, CODES_RANDOM, 40, 13, 50, 32},
  {SIGNED (16), UNSIGNED (15), CODES_LEAST, CODES_GREATEST, 4, 255, 13, 32},
  {UNSIGNED (15), SIGNED (11), CODES_GREATEST, CODES_LEAST, 5, 65, 12, 16},
  {SIGNED (16), SIGNED (9), CODES_RANDOM, CODES_RANDOM, 7, 30, 25, 32},
  {SIGNED (16), SIGNED (5), CODES_LEAST, CODES_LEAST, 1, 8000, 2, 16},
  {SIGNED (12), SIGNED (12), CODES_RANDOM, CODES_RANDOM, 0, 600, 5, 32},
  {SIGNED (12), SIGNED (12), CODES_LEAST, CODES_SMALL, 3, 801, 50, 32},
  {SIGNED (16), SIGNED (16), CODES_LEAST, CODES_SMALL, 9, 301, 4, 16},
  {FLOAT, FLOAT, CODES_RANDOM, CODES_RANDOM, 5, 33, 14, 32},
  {FLOAT, FLOAT, CODES_RANDOM, CODES_RANDOM, 1, 1, 1, 16},
};

/* Operands on their way to micro-kernels, and their sums. */
typedef struct
{
  const Form *form;
  FxpSummation summation;
  gpointer a, b; /* codes: (row, block, element), and element by column */
  guint8 *rows;  /* elements, blocks in descending order */
  gsize *offsets;
  gsize n_steps;    /* of a block */
  gsize row_stride; /* bytes */
  guint8 *packed[2];
} Fixture;

static void
copy_element (const Fixture *self, gsize i, guint8 *to)
{
  const gsize size = FXP_STEP_BYTES / fxp_element_get_n_per_step (self->summation.element);
  gint32 code;

  if (self->summation.element == FXP_ELEMENT_F32)
    {
      memcpy (to, (float *)self->a + i, size);
      return;
    }
  code = (gint32)fxp_format_get_code (self->form->a, self->a, i);
  memcpy (to, &code, size);
}

static void
lay_rows (Fixture *self)
{
  const Form *form = self->form;
  const gsize n_per_step = fxp_element_get_n_per_step (self->summation.element);
  const gsize block_bytes = self->n_steps * FXP_STEP_BYTES;

  self->row_stride = form->n_blocks * block_bytes + ROW_GAP_BYTES;
  self->rows = g_malloc0 (form->n_rows * self->row_stride);
  self->offsets = g_new (gsize, form->n_blocks);
  for (gsize block = 0; block < form->n_blocks; block++)
    {
      self->offsets[block] = (form->n_blocks - 1 - block) * block_bytes;
      for (gsize row = 0; row < form->n_rows; row++)
        for (gsize i = 0; i < form->n_elements; i++)
          copy_element (self,
                        (row * form->n_blocks + block) * form->n_elements + i,
                        self->rows + row * self->row_stride + self->offsets[block] +
                          i * (FXP_STEP_BYTES / n_per_step));
    }
}

/* Small codes keep all sums within 32 bits, whatever their format allows. */
static gboolean
is_proved (const Form *self)
{
  return self->b_codes == CODES_SMALL;
}

/* Each block ends with a whole step. */
static void
pack (Fixture *self)
{
  const Form *form = self->form;
  const gsize size = fxp_storage_get_size (fxp_format_get_storage (form->b));
  const gsize n_steps = form->n_blocks * self->n_steps;

  const guint n_parts = is_proved (form) ? 1 : fxp_summation_get_n_parts (&self->summation);

  for (guint part = 0; part < n_parts; part++)
    {
      self->packed[part] = g_malloc (fxp_packing_get_n_bytes (n_steps, form->n_columns));
      for (gsize block = 0; block < form->n_blocks; block++)
        {
          FxpMatrix matrix = {
            .data = (guint8 *)self->b + block * form->n_elements * form->n_columns * size,
            .format = form->b,
            .row_stride = form->n_columns,
            .column_stride = 1,
          };

          fxp_packing_fill (&matrix,
                            form->n_elements,
                            form->n_columns,
                            self->summation.element,
                            is_proved (form) ? FXP_PART_WHOLE
                                             : fxp_summation_get_part (&self->summation, part),
                            block * self->n_steps,
                            n_steps,
                            self->packed[part]);
        }
    }
}

/* Twice, the second time on top of the first: the sums go on in float, and double in integers. */
static void
check (Fixture *self, gsize stride, guint8 *sums)
{
  const Form *form = self->form;
  const gsize size = fxp_summation_get_size (&self->summation);
  const gsize k = form->n_blocks * form->n_elements;
  const gconstpointer strips[2] = {self->packed[0], self->packed[1]};
  g_autofree NaiveSum *naive = g_new (NaiveSum, form->n_rows * form->n_columns);
  const FxpRows rows = {
    .data = self->rows,
    .row_stride = self->row_stride,
    .step_stride = FXP_STEP_BYTES,
    .block_offsets = self->offsets,
    .n_blocks = form->n_blocks,
    .n_steps = self->n_steps,
  };

  for (gsize i = 0; i < form->n_rows * form->n_columns; i++)
    naive[i] = (NaiveSum){form->a, form->b, 0, 0.0f};
  for (guint round = 0; round < 2; round++)
    {
      fxp_summation_form (&self->summation,
                          &rows,
                          form->n_rows,
                          strips,
                          form->n_columns,
                          is_proved (form),
                          round > 0,
                          sums,
                          stride);
      for (gsize i = 0; i < form->n_rows * form->n_columns; i++)
        {
          const gsize row = i / form->n_columns, column = i % form->n_columns;

          for (gsize j = 0; j < k; j++)
            naive_sum_add (&naive[i], self->a, row * k + j, self->b, j * form->n_columns + column);
          naive_sum_assert (&naive[i], size, sums, row * stride + column);
        }
    }
}

/* @data: the vector unit.  Both rounds are counted where 32 bits must suffice. */
static void
test_form (gconstpointer data)
{
  const FxpSumRegister exact = FXP_SUM_REGISTER_EXACT;

  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_UINT (data));
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      const Form *form = &forms[i];
      const gsize k = form->n_blocks * form->n_elements, stride = form->n_columns + HALF_STRIP;
      Fixture fixture = {.form = form};
      gsize n_per_step, n_sums = (form->n_rows - 1) * stride + form->n_columns;
      g_autofree guint8 *sums = NULL;

      g_assert_true (
        fxp_summation_choose (&fixture.summation, form->a, form->b, MAX (2 * k, 600), &exact));
      n_per_step = fxp_element_get_n_per_step (fixture.summation.element);
      fixture.n_steps = (form->n_elements + n_per_step - 1) / n_per_step;
      fixture.a = code_array_new (form->a, form->n_rows * k, form->a_codes, i);
      fixture.b = code_array_new (form->b, form->n_columns * k, form->b_codes, 1000 + i);
      lay_rows (&fixture);
      pack (&fixture);
      sums = g_malloc (n_sums * fxp_summation_get_size (&fixture.summation));
      check (&fixture, stride, sums);
      g_free (fixture.a);
      g_free (fixture.b);
      g_free (fixture.rows);
      g_free (fixture.offsets);
      g_free (fixture.packed[0]);
      g_free (fixture.packed[1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_unit_tests ("/tensor/summation/choose", test_choose);
  add_unit_tests ("/tensor/summation/form", test_form);
  return g_test_run ();
}
