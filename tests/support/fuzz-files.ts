/** Hostile requests at files and the pictures made of them. */
import fc, { type Arbitrary } from 'fast-check';
import { asked, oneOf } from './fuzz-asked.ts';
import { fewOf, type Words } from './fuzz-query.ts';
import { oddBody, type Body, type FuzzRequest } from './fuzz-request.ts';
import { encoded, idOf, nastyText, nastyValue, toJson } from './fuzz-values.ts';

export function fileRequests({ query }: Words): Arbitrary<FuzzRequest> {
  const file = oneOf([4, idOf('file')], [1, nastyText]).map((id) => encoded(id) || 'x');
  const number = oneOf<unknown>(
    [2, fc.constantFrom<unknown>(1, 16, 0, -1, 1.5, 'NaN', 1e9)],
    [1, nastyValue],
  );
  const transform = oneOf<unknown>(
    [
      3,
      fc
        .tuple(
          fc.constantFrom(
            'resize',
            'blur',
            'rotate',
            'extract',
            'toFormat',
            'toFile',
            'composite',
            'constructor',
            '__proto__',
            'pipe',
            'clone',
            'x',
          ),
          fc.array(nastyValue, { maxLength: 2 }),
        )
        .map(([name, rest]) => [name, ...rest]),
    ],
    [1, nastyValue],
  );
  const parameters = fc
    .record(
      {
        key: oneOf<unknown>([2, fc.constantFrom('system-small-cover', 'product-card', 'x')], [1, nastyValue]),
        width: number,
        height: number,
        quality: number,
        fit: oneOf<unknown>([2, fc.constantFrom('cover', 'contain', 'inside', 'outside')], [1, nastyValue]),
        format: oneOf<unknown>(
          [2, fc.constantFrom('auto', 'jpg', 'webp', 'avif', 'tiff', 'x')],
          [1, nastyValue],
        ),
        withoutEnlargement: nastyValue,
        focal_point_x: number,
        focal_point_y: number,
        transforms: oneOf<unknown>([2, fc.array(transform, { maxLength: 3 }).map(toJson)], [1, nastyValue]),
        download: nastyValue,
        'cache-buster': nastyValue,
      },
      { requiredKeys: [] },
    )
    .map(fewOf);
  const part = fc
    .tuple(nastyText, nastyText, nastyText)
    .map(
      ([name, filename, text]) =>
        `--x\r\ncontent-disposition: form-data; name="${oneLine(name)}"; filename="${oneLine(filename)}"\r\ncontent-type: ${oneLine(text) || 'text/plain'}\r\n\r\n${text}\r\n`,
    );
  const form = fc
    .tuple(fc.array(part, { maxLength: 3 }), fc.constantFrom('--x--\r\n', '', '--x', '--y--'))
    .map(
      ([all, end]): Body => ({
        type: 'multipart/form-data; boundary=x',
        encoding: null,
        body: all.join('') + end,
      }),
    );
  return oneOf(
    [
      5,
      asked(
        '/assets',
        fc.constantFrom('GET', 'GET', 'GET', 'HEAD'),
        fc
          .tuple(file, fc.constantFrom('', '', '/name.png', '/%00', '/a/b'))
          .map(([id, more]) => `/assets/${id}${more}`),
        { query: parameters },
      ),
    ],
    [
      1,
      asked('/assets', fc.constant('POST'), fc.constantFrom('/assets/files', '/assets/folder/x'), {
        body: oddBody(
          fc.record({ ids: oneOf<unknown>([1, fc.array(idOf('file'), { maxLength: 2 })], [1, nastyValue]) }),
        ),
      }),
    ],
    [
      2,
      asked(
        '/files',
        fc.constantFrom('GET', 'SEARCH'),
        oneOf([2, fc.constant('/files')], [1, file.map((id) => `/files/${id}`)]),
        { query },
      ),
    ],
    [
      2,
      asked(
        '/files',
        fc.constantFrom('POST', 'PATCH'),
        oneOf([2, fc.constant('/files')], [1, fc.uuid().map((id) => `/files/${id}`)]),
        {
          body: oneOf(
            [3, form],
            [
              2,
              oddBody(
                fc.dictionary(
                  fc.constantFrom(
                    'storage',
                    'filename_download',
                    'filename_disk',
                    'folder',
                    'title',
                    'type',
                    'x',
                  ),
                  nastyValue,
                  { maxKeys: 3 },
                ),
              ),
            ],
          ),
        },
      ),
    ],
    [
      1,
      asked('/files', fc.constant('POST'), fc.constant('/files/import'), {
        body: oddBody(
          fc.record({
            url: oneOf<unknown>(
              [1, fc.constantFrom('http://127.0.0.1:1/', 'file:///etc/passwd', 'x', 'http://[::1]/')],
              [1, nastyValue],
            ),
            data: nastyValue,
          }),
        ),
      }),
    ],
  );
}

function oneLine(text: string): string {
  return text.replace(/[\r\n"]/g, '');
}
