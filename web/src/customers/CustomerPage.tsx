export default function CustomerPage({ id }: { readonly id: string }) {
  return <p>{id}</p>;
}
