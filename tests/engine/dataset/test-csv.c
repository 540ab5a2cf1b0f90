/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "folder-fixture.h"

static FxpDataset *
load_text (const char *folder, const char *text)
{
  g_autofree char *path = scratch_folder_write (folder, "points.csv", text, strlen (text));

  return load_path (path, 0.5, 1);
}

/* Finds the sample whose first feature is @first, in whichever split it is. */
static gboolean
find_sample (FxpDataset *dataset, double first, double *inputs, guint16 *label)
{
  for (FxpSplit split = 0; split < FXP_N_SPLITS; split++)
    for (guint32 row = 0; row < fxp_dataset_get_n (dataset, split); row++)
      {
        fxp_dataset_gather (dataset, split, &row, 1, inputs, label);
        if (inputs[0] == first)
          return TRUE;
      }
  return FALSE;
}

static void
assert_sample (FxpDataset *dataset, double first, double last, const char *name)
{
  double inputs[8];
  guint16 label = 0;

  g_assert_true (find_sample (dataset, first, inputs, &label));
  g_assert_cmpfloat (inputs[fxp_dataset_get_shape (dataset)->dim[0] - 1], ==, last);
  g_assert_cmpstr (fxp_dataset_get_class_name (dataset, label), ==, name);
}

/* The same four points in every dress a file may wear. */
static void
test_dialects (Fixture *self, gconstpointer user_data)
{
  static const char *const texts[] = {
    "1,-0.5,cat\n2,0.25,dog\n3,1e2,cat\n4,0,dog\n",
    "1,-0.5,cat\n2,0.25,dog\n3,1e2,cat\n4,0,dog",
    "1;-0.5;cat\r\n2;0.25;dog\r\n3;1e2;cat\r\n4;0;dog\r\n",
    "1\t-0.5\tcat\n2\t0.25\tdog\n3\t1e2\tcat\n4\t0\tdog\n",
    "x,y,kind\n1,-0.5,cat\n2,0.25,dog\n3,1e2,cat\n4,0,dog\n",
    "\"x\", \"y, or so; or not\",kind\n1,-0.5,cat\n2,0.25,dog\n3,1e2,cat\n4,0,dog\n",
    "\357\273\2771,-0.5,cat\n2,0.25,dog\n3,1e2,cat\n4,0,dog\n",
    "\357\273\277x,y,kind\n1,-0.5,cat\n2,0.25,dog\n3,1e2,cat\n4,0,dog\n",
    "\n\n1,-0.5,cat\n\n  \n2,0.25,dog\n3,1e2,cat\n\r\n4,0,dog\n\n\n",
    " 1 , -0.5 ,  cat\n2, 0.25,dog  \n\"3\",\"1e2\" , \"cat\"\n+4,0.0,\"dog\"\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (FxpDataset) dataset = load_text (self->folder, texts[i]);

      g_assert_cmpstr (fxp_dataset_get_name (dataset), ==, "points");
      g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN), ==, 2);
      g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TEST), ==, 2);
      g_assert_cmpuint (fxp_dataset_get_n_classes (dataset), ==, 2);
      assert_sample (dataset, 1, -0.5, "cat");
      assert_sample (dataset, 2, 0.25, "dog");
      assert_sample (dataset, 3, 100, "cat");
      assert_sample (dataset, 4, 0, "dog");
    }
}

static void
test_gzip (Fixture *self, gconstpointer user_data)
{
  static const char text[] = "1,2,a\n3,4,b\n";
  g_autoptr (GBytes) packed = gzip_bytes (text, strlen (text));
  gsize n;
  const char *data = g_bytes_get_data (packed, &n);
  g_autofree char *path = scratch_folder_write (self->folder, "points.csv.gz", data, n);
  g_autoptr (FxpDataset) dataset = load_path (path, 0.5, 1);

  g_assert_cmpstr (fxp_dataset_get_name (dataset), ==, "points");
  assert_sample (dataset, 3, 4, "b");
}

static void
test_class_order (Fixture *self, gconstpointer user_data)
{
  static const struct
  {
    const char *text;
    const char *names;
  } cases[] = {
    {"1,10\n2,9\n3,-1\n4,100\n", "-1 9 10 100"},
    {"1,10\n2,9\n3,-1\n4,x\n", "-1 10 9 x"},
    {"1,dog\n2,Cat\n3,\xc3\xa4"
     "ffin\n4,cat\n5,dog\n",
     "Cat cat dog \xc3\xa4"
     "ffin"},
    {"1,\"say \"\"hi\"\"\"\n3,b\n", "b say \"hi\""},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FxpDataset) dataset = load_text (self->folder, cases[i].text);
      g_autoptr (GString) names = g_string_new (NULL);

      for (guint j = 0; j < fxp_dataset_get_n_classes (dataset); j++)
        g_string_append_printf (names,
                                "%s%s",
                                j > 0 ? " " : "",
                                fxp_dataset_get_class_name (dataset, j));
      g_assert_cmpstr (names->str, ==, cases[i].names);
    }
}

static void
test_plane (Fixture *self, gconstpointer user_data)
{
  g_autoptr (FxpDataset) plane = load_text (self->folder, "-2,0,a\n8,3,b\n1,1,a\n");
  g_autoptr (FxpDataset) point = load_text (self->folder, "5,5,a\n5,5,b\n");
  g_autoptr (FxpDataset) space = load_text (self->folder, "1,2,3,a\n4,5,6,b\n");
  double min = 0;
  double max = 0;

  g_assert_true (fxp_dataset_get_plane (plane, &min, &max));
  g_assert_cmpfloat (min, ==, -3);
  g_assert_cmpfloat (max, ==, 9);
  g_assert_true (fxp_dataset_get_plane (point, &min, &max));
  g_assert_cmpfloat (min, ==, 4);
  g_assert_cmpfloat (max, ==, 6);
  g_assert_false (fxp_dataset_get_plane (space, &min, &max));
  g_assert_false (fxp_dataset_is_image (space));
  g_assert_cmpuint (fxp_dataset_get_shape (space)->rank, ==, 1);
  g_assert_cmpuint (fxp_dataset_get_shape (space)->dim[0], ==, 3);
  assert_sample (space, 4, 6, "b");
}

static void
test_many_rows (Fixture *self, gconstpointer user_data)
{
  g_autoptr (GString) text = g_string_new ("x,y,z,class\n");
  g_autoptr (FxpDataset) dataset = NULL;
  double sum = 0;

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "%u,%u.5,-%u,%c\n", i, i, i, 'a' + (char)(i % 3));
  dataset = load_text (self->folder, text->str);
  g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN), ==, 10000);
  g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TEST), ==, 10000);
  for (FxpSplit split = 0; split < FXP_N_SPLITS; split++)
    for (guint32 row = 0; row < fxp_dataset_get_n (dataset, split); row++)
      {
        double inputs[3];
        guint16 label = 0;

        fxp_dataset_gather (dataset, split, &row, 1, inputs, &label);
        g_assert_cmpfloat (inputs[1], ==, inputs[0] + 0.5);
        g_assert_cmpfloat (inputs[2], ==, -inputs[0]);
        g_assert_cmpuint (label, ==, (guint)inputs[0] % 3);
        sum += inputs[0];
      }
  g_assert_cmpfloat (sum, ==, 20000.0 * 19999 / 2);
}

static void
test_division (Fixture *self, gconstpointer user_data)
{
  static const char text[] = "1,a\n2,b\n3,a\n4,b\n5,a\n6,b\n7,a\n8,b\n9,a\n10,b\n";
  g_autofree char *path = scratch_folder_write (self->folder, "d.csv", text, strlen (text));
  g_autoptr (FxpDataset) first = load_path (path, 0.3, 1);
  g_autoptr (FxpDataset) again = load_path (path, 0.3, 1);
  gboolean differs = FALSE;
  double inputs[10];
  double others[10];
  guint32 rows[7] = {0, 1, 2, 3, 4, 5, 6};

  g_assert_cmpuint (fxp_dataset_get_n (first, FXP_SPLIT_TRAIN), ==, 7);
  g_assert_cmpuint (fxp_dataset_get_n (first, FXP_SPLIT_TEST), ==, 3);
  fxp_dataset_gather (first, FXP_SPLIT_TRAIN, rows, 7, inputs, NULL);
  fxp_dataset_gather (again, FXP_SPLIT_TRAIN, rows, 7, others, NULL);
  g_assert_cmpmem (inputs, 7 * sizeof (double), others, 7 * sizeof (double));
  for (guint64 seed = 2; seed < 5; seed++)
    {
      g_autoptr (FxpDataset) other = load_path (path, 0.3, seed);

      fxp_dataset_gather (other, FXP_SPLIT_TRAIN, rows, 7, others, NULL);
      differs = differs || memcmp (inputs, others, 7 * sizeof (double)) != 0;
    }
  g_assert_true (differs);
}

#define TEXT(literal) (literal), sizeof (literal) - 1

static void
test_errors (Fixture *self, gconstpointer user_data)
{
  static const struct
  {
    const char *text;
    gsize n;
    const char *place;
    const char *message;
  } cases[] = {
    {TEXT (""), "bad.csv", "no rows"},
    {TEXT ("\n\n  \n"), "bad.csv", "no rows"},
    {TEXT ("x,y,class\n"), "bad.csv", "no rows"},
    {TEXT ("1\n2\n"), "bad.csv:1", "single column"},
    {TEXT ("1 2 a\n2 3 b\n"), "bad.csv:1", "single column"},
    {TEXT ("1,2,a\n3,4,a\n"), "bad.csv", "one class, “a”"},
    {TEXT ("1,2,a\n3,b\n"), "bad.csv:2", "2 columns, expected 3 as in line 1"},
    {TEXT ("\nx,y,class\n1,2,a\n3,4,5,b\n"), "bad.csv:4", "4 columns, expected 3 as in line 2"},
    {TEXT ("1,2,a\n3,four,b\n"), "bad.csv:2", "column 2: “four”, expected a number"},
    {TEXT ("1,2,a\n3,4x,b\n"), "bad.csv:2", "column 2: “4x”, expected a number"},
    {TEXT ("1,2,a\n3,,b\n"), "bad.csv:2", "column 2: “”, expected a number"},
    {TEXT ("1,2,a\n3,4,\n"), "bad.csv:2", "column 3: “”, expected a class"},
    {TEXT ("1,nan,a\n3,4,b\n"), "bad.csv:1", "column 2: “nan”, expected a finite number"},
    {TEXT ("1,2,a\n-inf,4,b\n"), "bad.csv:2", "column 1: “-inf”, expected a finite number"},
    {TEXT ("1,2,a\n1e999,4,b\n"), "bad.csv:2", "column 1: “1e999”, expected a finite number"},
    {TEXT ("1,2,a\n1e39,4,b\n"), "bad.csv:2", "column 1: “1e39”, expected a finite number"},
    {TEXT ("1,2,a\n1,\"4,b\n"), "bad.csv:2", "column 2: a quote without its end"},
    {TEXT ("1,2,a\n1,\"4\"5,b\n"), "bad.csv:2", "column 2: text behind the closing quote"},
    {TEXT ("1,2,a\n1,2\0,b\n"), "bad.csv:2", "byte 0x00 at position 4"},
    {TEXT ("1,2,a\n1,2,\xff\n"), "bad.csv:2", "byte 0xff at position 5"},
    {TEXT ("1,2,a\n1,2,\x1b[1m\n"), "bad.csv:2", "control character 0x1b at position 5"},
    {TEXT ("\xff\xfe"
           "1\0,\0"),
     "bad.csv:1",
     "byte 0xff at position 1"},
    {TEXT ("1,5;2,5;a\n2,5;3,5;b\n"), "bad.csv:2", "column 1: “2,5”, expected a number"},
    {TEXT ("1,a\n"), "bad.csv", "one class"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
        scratch_folder_write (self->folder, "bad.csv", cases[i].text, cases[i].n);

      assert_path_fails (path, cases[i].place, cases[i].message);
    }
}

static void
test_too_large (Fixture *self, gconstpointer user_data)
{
  g_autoptr (GString) wide = g_string_new (NULL);
  g_autoptr (GString) long_line = g_string_new ("1,a\n2,b\n");
  g_autoptr (GString) classes = g_string_new (NULL);
  g_autofree char *path = NULL;

  for (guint i = 0; i < 65535; i++)
    g_string_append (wide, "1,");
  g_string_append (wide, "a\n");
  path = scratch_folder_write (self->folder, "large.csv", wide->str, wide->len);
  assert_path_fails (path, "large.csv:1", "more than 65535 columns");

  for (guint i = 0; i < 17 * 1024; i++)
    g_string_append_printf (long_line, "%01024d", 1);
  g_free (path);
  path = scratch_folder_write (self->folder, "large.csv", long_line->str, long_line->len);
  assert_path_fails (path, "large.csv:3", "line of more than 16777216 bytes");

  for (guint i = 0; i < 65536; i++)
    g_string_append_printf (classes, "1,%u\n", i);
  g_free (path);
  path = scratch_folder_write (self->folder, "large.csv", classes->str, classes->len);
  assert_path_fails (path, "large.csv:65536", "more than 65535 classes");
}

static void
test_found_is_cut (Fixture *self, gconstpointer user_data)
{
  g_autofree char *word = g_strnfill (5000, 'w');
  g_autofree char *feature = g_strdup_printf ("1,2,a\n1,%s,b\n", word);
  g_autofree char *class = g_strdup_printf ("1,2,%s\n", word);
  const char *texts[] = {feature, class};

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *path =
        scratch_folder_write (self->folder, "long.csv", texts[i], strlen (texts[i]));
      FxpDatasetSource source = {.path = path, .test_share = 0.5};
      g_autoptr (GError) error = NULL;

      g_assert_null (fxp_dataset_load (&source, NULL, &error));
      g_assert_error (error, FXP_ERROR, FXP_ERROR_DATASET);
      g_assert_cmpuint (strlen (error->message), <, 300);
    }
}

#define ADD(name, function)                                                                        \
  g_test_add ("/dataset/csv/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("dialects", test_dialects);
  ADD ("gzip", test_gzip);
  ADD ("class-order", test_class_order);
  ADD ("plane", test_plane);
  ADD ("many-rows", test_many_rows);
  ADD ("division", test_division);
  ADD ("errors", test_errors);
  ADD ("too-large", test_too_large);
  ADD ("found-is-cut", test_found_is_cut);
  return g_test_run ();
}
