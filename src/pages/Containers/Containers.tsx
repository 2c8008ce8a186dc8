import React from 'react';
import { useUrlState } from '../../hooks/useUrlState';
import { ContainerDetail } from './Detail/ContainerDetail';
import { ContainerList } from './List/ContainerList';

/** All containers, or the one that the address names by `?container=`. */
function Containers() {
  const [{ container }] = useUrlState('container');
  const key = container[0];
  return key ? <ContainerDetail key={key} name={key} /> : <ContainerList />;
}

export default Containers;
