// A stock Next app: one page, made for each request.
export const dynamic = 'force-dynamic';
export default function Page() {
  console.log('asked for the page');
  return <h1>hello</h1>;
}
